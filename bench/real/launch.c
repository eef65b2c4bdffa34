// SPDX-License-Identifier: Apache-2.0
//
//   launch RESULT PROGRAM ARGUMENT...
//
// Runs a program and writes its wall time in seconds, its processor time, its
// peak memory in KiB, and its exit status to the file RESULT. A program of its
// own because a child's peak memory starts with that of the process that made
// it, and Python is larger than many a program measured here. SIGTERM is passed
// on.

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static volatile pid_t child;

static void PassOn(int signal) {
  if (child > 0) kill(child, signal);
}

static double Now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double Seconds(struct timeval t) {
  return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

int main(int argc, char** argv) {
  if (argc < 3) {
    fprintf(stderr, "usage: launch RESULT PROGRAM ARGUMENT...\n");
    return 2;
  }
  const double start = Now();
  const pid_t pid = fork();
  if (pid < 0) {
    perror("launch: fork");
    return 2;
  }
  if (pid == 0) {
    execvp(argv[2], argv + 2);
    perror(argv[2]);
    _exit(127);
  }
  child = pid;
  signal(SIGTERM, PassOn);
  int status = 0;
  struct rusage usage;
  while (wait4(pid, &status, 0, &usage) < 0) {
  }
  const double wall = Now() - start;
  FILE* out = fopen(argv[1], "w");
  if (out == NULL) {
    perror(argv[1]);
    return 2;
  }
  fprintf(out, "%.6f %.6f %ld %d\n", wall,
          Seconds(usage.ru_utime) + Seconds(usage.ru_stime), usage.ru_maxrss,
          WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
  return fclose(out) == 0 ? 0 : 2;
}
