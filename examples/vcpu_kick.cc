// SPDX-License-Identifier: Apache-2.0
//
// Kicking a virtual CPU. A vCPU of a virtual machine runs on this or that
// physical CPU. To make it look at a new request, a kicker sends an interrupt
// to the physical CPU that it runs on, but only while it is in guest mode:
// otherwise it will look by itself before it enters the guest.
//
// Linux' KVM used to read vcpu->cpu first and vcpu->mode second. Between the
// two, the vCPU may leave the guest, move to another CPU, and enter again: the
// interrupt goes to the CPU that it has left. The kernel's KCSAN reported it.
// The fix (KVM: "Clean up benign vcpu->cpu data races when kicking vCPUs",
// 2021) reads the mode first and then vcpu->cpu, exactly once. The CPU may
// still be an old one by then; but to move, the vCPU had to leave guest mode,
// and the interrupt is for nothing else.
//
//   ./bazelw run //examples:vcpu_kick              report, status 66
//   ./bazelw run //examples:vcpu_kick -- --fixed   silence, status 0
//
// The report names VcpuLoad(), which moves the vCPU, and VcpuKick(), which
// looks too early and with a plain read. See expected/vcpu_kick.txt.

#include <pthread.h>

#include <array>
#include <atomic>
#include <cstdio>
#include <thread>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "kcsan/kcsan.h"

ABSL_FLAG(bool, fixed, false, "read vcpu->cpu after vcpu->mode, and once");

constexpr absl::Duration kRunTime = absl::Milliseconds(400);
constexpr int kNumCpus = 4;
// How long the guest runs when nobody interrupts it, in polls.
constexpr int kTimeSlice = 200;

enum class Mode { kOutsideGuest, kInGuest, kExitingGuest };

struct Vcpu {
  // The physical CPU it is loaded on, -1 before the first. Written by the
  // vCPU's own thread.
  int cpu = -1;
  std::atomic<Mode> mode{Mode::kOutsideGuest};
  std::atomic<bool> request{false};
};

// An interrupt is pending on this physical CPU.
std::array<std::atomic<bool>, kNumCpus> interrupt;
std::atomic<bool> stop;

// --- The vCPU's thread -------------------------------------------------------

void VcpuLoad(Vcpu* vcpu, int cpu) {
  // Nobody but the vCPU's own thread moves it; anybody may look.
  ASSERT_EXCLUSIVE_WRITER(vcpu->cpu);
  WRITE_ONCE(vcpu->cpu, cpu);  // pairs with the read in VcpuKick()
  interrupt[cpu] = false;
}

// Runs the guest until an interrupt, or until its time is up.
void VcpuEnterGuest(Vcpu* vcpu, int cpu) {
  vcpu->mode = Mode::kInGuest;
  // A request that was made before the mode was set is seen here; one that is
  // made after it finds the mode, and comes with a kick. (Both sequentially
  // consistent; pairs with MakeRequests().)
  if (!vcpu->request) {
    for (int i = 0; i < kTimeSlice && !interrupt[cpu]; ++i) {
    }
  }
  vcpu->mode = Mode::kOutsideGuest;
}

// Moves on to the next physical CPU after each turn, as a busy host would make
// it. Counts the turns that served requests.
void RunVcpu(Vcpu* vcpu, long* served) {
  pthread_setname_np(pthread_self(), "vcpu");
  for (int cpu = 0; !stop; cpu = (cpu + 1) % kNumCpus) {
    VcpuLoad(vcpu, cpu);
    VcpuEnterGuest(vcpu, cpu);
    if (vcpu->request.exchange(false)) ++*served;
  }
}

// --- The kicker's thread -----------------------------------------------------

// True when the vCPU was in the guest. It is then on its way out, or will be.
bool VcpuShouldKick(Vcpu* vcpu) {
  Mode expected = Mode::kInGuest;
  return vcpu->mode.compare_exchange_strong(expected, Mode::kExitingGuest);
}

// The bug: the CPU first, and plain.
void VcpuKick(Vcpu* vcpu) {
  kcsan_check_read(&vcpu->cpu, sizeof(vcpu->cpu));
  const int cpu = vcpu->cpu;
  if (VcpuShouldKick(vcpu) && cpu != -1) interrupt[cpu] = true;
}

void VcpuKickFixed(Vcpu* vcpu) {
  if (!VcpuShouldKick(vcpu)) return;
  // The vCPU may move at any time from here on, and the interrupt then hits the
  // CPU that it was on. That is fine: it has left the guest to move.
  const int cpu = READ_ONCE(vcpu->cpu);  // pairs with VcpuLoad()
  if (cpu != -1) interrupt[cpu] = true;
}

// For kRunTime. Counts the requests.
void MakeRequests(Vcpu* vcpu, void (*kick)(Vcpu*), long* made) {
  pthread_setname_np(pthread_self(), "kicker");
  const absl::Time end = absl::Now() + kRunTime;
  for (; absl::Now() < end; ++*made) {
    vcpu->request = true;
    kick(vcpu);
  }
}

int main(int argc, char** argv) {
  absl::SetProgramUsageMessage("Kicking a virtual CPU that moves.");
  absl::ParseCommandLine(argc, argv);
  const auto kick = absl::GetFlag(FLAGS_fixed) ? &VcpuKickFixed : &VcpuKick;

  Vcpu vcpu;
  long served = 0;
  long made = 0;
  std::thread vcpu_thread(RunVcpu, &vcpu, &served);
  std::thread kicker_thread(MakeRequests, &vcpu, kick, &made);
  kicker_thread.join();
  stop = true;
  vcpu_thread.join();
  // Requests that come while one is pending are served with it.
  std::printf("%ld requests made, served in %ld turns\n", made, served);
}
