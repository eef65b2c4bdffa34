// SPDX-License-Identifier: Apache-2.0
//
//   load PORT THREADS BATCHES
//
// A load generator for memcached: so many threads with one connection each, and
// so many batches of 32 requests a connection, sent in one piece. Four in five
// are reads. Every value says whose key it belongs to, and each is looked at.
// Prints the seconds it took, and what went wrong.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

namespace {

constexpr int kBatch = 32;
constexpr int kKeys = 20000;

std::atomic<uint64_t> errors{0};
std::atomic<uint64_t> hits{0};

// The value that belongs to a key: 64 to 319 bytes.
std::string ValueOf(uint32_t key) {
  std::string value = "value-of-" + std::to_string(key) + "-";
  value.resize(64 + key % 256, static_cast<char>('a' + key % 26));
  return value;
}

class Connection {
 public:
  explicit Connection(int port) : fd_(socket(AF_INET, SOCK_STREAM, 0)) {
    const int one = 1;
    setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address)) {
      perror("load: connect");
      exit(2);
    }
  }
  ~Connection() { close(fd_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void Send(const std::string& text) {
    for (size_t done = 0; done < text.size();) {
      const ssize_t n = write(fd_, text.data() + done, text.size() - done);
      if (n <= 0) Fail();
      done += static_cast<size_t>(n);
    }
  }

  std::string Line() {
    size_t end;
    while ((end = buffer_.find("\r\n", at_)) == std::string::npos) Fill();
    std::string line = buffer_.substr(at_, end - at_);
    at_ = end + 2;
    return line;
  }

 private:
  void Fill() {
    buffer_.erase(0, at_);
    at_ = 0;
    char bytes[16384];
    const ssize_t n = read(fd_, bytes, sizeof bytes);
    if (n <= 0) Fail();
    buffer_.append(bytes, static_cast<size_t>(n));
  }

  [[noreturn]] static void Fail() {
    fprintf(stderr, "load: the connection ended\n");
    exit(2);
  }

  int fd_;
  std::string buffer_;
  size_t at_ = 0;
};

void CheckGet(Connection* connection, uint32_t key) {
  std::string line = connection->Line();
  if (line == "END") return;  // Not stored yet.
  if (line.compare(0, 6, "VALUE ") != 0 || connection->Line() != ValueOf(key) ||
      connection->Line() != "END") {
    errors.fetch_add(1, std::memory_order_relaxed);
  }
  hits.fetch_add(1, std::memory_order_relaxed);
}

void Run(int port, int batches, uint32_t seed) {
  Connection connection(port);
  uint32_t state = seed * 2654435761u + 1;
  for (int batch = 0; batch < batches; ++batch) {
    std::string requests;
    uint32_t keys[kBatch];
    bool reads[kBatch];
    for (int i = 0; i < kBatch; ++i) {
      state = state * 1664525u + 1013904223u;
      keys[i] = (state >> 8) % kKeys;
      reads[i] = (state >> 4) % 5 != 0;
      const std::string key = "key:" + std::to_string(keys[i]);
      if (reads[i]) {
        requests += "get " + key + "\r\n";
      } else {
        const std::string value = ValueOf(keys[i]);
        requests += "set " + key + " 0 0 " + std::to_string(value.size()) +
                    "\r\n" + value + "\r\n";
      }
    }
    connection.Send(requests);
    for (int i = 0; i < kBatch; ++i) {
      if (reads[i]) {
        CheckGet(&connection, keys[i]);
      } else if (connection.Line() != "STORED") {
        errors.fetch_add(1, std::memory_order_relaxed);
      }
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    fprintf(stderr, "usage: load PORT THREADS BATCHES\n");
    return 2;
  }
  const int port = atoi(argv[1]);
  const int threads = atoi(argv[2]);
  const int batches = atoi(argv[3]);
  const auto start = std::chrono::steady_clock::now();
  std::vector<std::thread> clients;
  for (int i = 0; i < threads; ++i) {
    clients.emplace_back(Run, port, batches, static_cast<uint32_t>(i));
  }
  for (std::thread& client : clients) client.join();
  const std::chrono::duration<double> took =
      std::chrono::steady_clock::now() - start;
  printf("seconds %.6f errors %llu hits %llu\n", took.count(),
         static_cast<unsigned long long>(errors.load()),
         static_cast<unsigned long long>(hits.load()));
  return errors.load() == 0 ? 0 : 1;
}
