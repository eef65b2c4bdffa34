// SPDX-License-Identifier: Apache-2.0

#include "examples/virtio/workload.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "absl/strings/str_cat.h"
#include "examples/virtio/request.h"

namespace virtio {
namespace {

// How often to look at the ring before going to sleep. Polling is what makes
// the driver fast, and what makes its read of the ring a concurrent one.
constexpr int kPollsBeforeSleep = 2000;

// A device that is alive and does nothing for this long is taken for broken.
constexpr int kSilenceMs = 30 * 1000;

void RelaxCpu() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ __volatile__("yield");
#endif
}

class Workload {
 public:
  Workload(const SharedMemory& memory, const Wires& wires, DriverQueue* queue,
           uint32_t num_buffers, uint64_t seed)
      : memory_(memory),
        wires_(wires),
        queue_(queue),
        num_buffers_(num_buffers),
        seed_(seed),
        sequences_(memory.queue_size()) {
    for (uint32_t i = memory.queue_size(); i > 0; --i) {
      free_slots_.push_back(i - 1);
    }
    queue_->DisableInterrupts();
  }

  WorkloadResult Run() {
    absl::Status status;
    while (status.ok() && num_returned_ < num_buffers_) {
      Fill();
      UsedBuffer used = {};
      switch (queue_->GetBuf(&used)) {
        case Found::kBuffer:
          status = TakeBack(used);
          break;
        case Found::kNothing:
          status = Idle();
          break;
        case Found::kBroken:
          status = absl::DataLossError(queue_->error());
          break;
      }
    }
    return {num_intact_, status};
  }

 private:
  // Makes as many requests of this round available as there is room for.
  void Fill() {
    if (num_returned_ == round_end_) StartRound();
    bool added = false;
    while (num_added_ < round_end_ && queue_->NumFree() >= kMaxChainLength) {
      AddRequest(num_added_);
      ++num_added_;
      added = true;
    }
    if (added && queue_->NeedsKick()) Notify(wires_.kick);
  }

  // Requests go out in rounds, and each round is waited for, as a console waits
  // for its line to be out. So the driver overtakes the device again and again
  // and polls for what is not there yet. Most rounds are small; one in sixteen
  // may fill the ring.
  void StartRound() {
    const uint64_t random = Mix(seed_ + 1, num_added_);
    const uint64_t limit = random % 16 == 0 ? 256 : 8;
    const uint64_t size = 1 + (random >> 8) % limit;
    round_end_ = static_cast<uint32_t>(
        std::min<uint64_t>(num_buffers_, num_added_ + size));
  }

  void AddRequest(uint32_t sequence) {
    const uint32_t slot = free_slots_.back();
    free_slots_.pop_back();
    sequences_[slot] = sequence;
    const Message request = MakeRequest(seed_, sequence);
    const Chain chain = MakeChain(slot, sequence, request.size);
    // Before Add(): from then on the bytes are the device's.
    memory_.CopyOut(request.bytes, request.size, chain.readable(),
                    chain.num_readable);
    queue_->Add(chain, /*cookie=*/slot);
  }

  // One or two elements to read, one or two to write, cut anywhere.
  Chain MakeChain(uint32_t slot, uint32_t sequence, uint32_t size) const {
    const uint64_t random = Mix(~seed_, sequence);
    const uint64_t address =
        memory_.layout().buffers + uint64_t{slot} * kBufferSize;
    Chain chain = {};
    chain.num_readable =
        Cut(address, size, static_cast<uint32_t>(random), chain.elements);
    chain.num_writable = Cut(address + kHalfBufferSize, kHalfBufferSize,
                             static_cast<uint32_t>(random >> 32),
                             chain.elements + chain.num_readable);
    return chain;
  }

  static uint32_t Cut(uint64_t address, uint32_t size, uint32_t random,
                      Element* elements) {
    const uint32_t first = (random & 1) != 0 ? size : (random >> 1) % size;
    if (first == size || first == 0) {
      elements[0] = {address, size};
      return 1;
    }
    elements[0] = {address, first};
    elements[1] = {address + first, size - first};
    return 2;
  }

  absl::Status TakeBack(const UsedBuffer& used) {
    if (num_idle_polls_ != 0) {
      num_idle_polls_ = 0;
      if (interrupts_enabled_) {
        queue_->DisableInterrupts();
        interrupts_enabled_ = false;
      }
    }
    ++num_returned_;
    free_slots_.push_back(used.cookie);

    const uint32_t sequence = sequences_[used.cookie];
    Message expected;
    MakeResponse(MakeRequest(seed_, sequence), &expected);
    const Element element = {memory_.layout().buffers +
                                 uint64_t{used.cookie} * kBufferSize +
                                 kHalfBufferSize,
                             kHalfBufferSize};
    Message actual = {};
    // GetBuf() has checked that `written` is within the writable elements.
    if (used.written != expected.size ||
        !memory_.CopyIn(&element, 1, actual.bytes, used.written) ||
        std::memcmp(actual.bytes, expected.bytes, expected.size) != 0) {
      return absl::DataLossError(
          absl::StrCat("buffer ", sequence, " came back damaged"));
    }
    ++num_intact_;
    return absl::OkStatus();
  }

  // Nothing used yet: polls on, or after a while sleeps until notified.
  absl::Status Idle() {
    ++num_idle_polls_;
    if (num_idle_polls_ < kPollsBeforeSleep) {
      RelaxCpu();
      return absl::OkStatus();
    }
    if (!interrupts_enabled_) {
      // The device may have used a buffer after we looked, and not have
      // notified us because we told it not to. So: one more look at the ring,
      // then here again to sleep.
      queue_->EnableInterrupts();
      interrupts_enabled_ = true;
      return absl::OkStatus();
    }
    switch (Wait(&wires_.interrupt, wires_.control, kSilenceMs)) {
      case Woken::kNotified:
        return absl::OkStatus();
      case Woken::kPeerGone:
        return absl::UnavailableError("the device is gone");
      case Woken::kTimeout:
        break;
    }
    return absl::DeadlineExceededError(absl::StrCat(
        "the device has used nothing for ", kSilenceMs / 1000, " seconds"));
  }

  const SharedMemory& memory_;
  const Wires& wires_;
  DriverQueue* const queue_;
  const uint32_t num_buffers_;
  const uint64_t seed_;

  // By slot: the request that is in it.
  std::vector<uint32_t> sequences_;
  std::vector<uint32_t> free_slots_;
  // The round is over when this many have returned.
  uint32_t round_end_ = 0;
  uint32_t num_added_ = 0;
  uint32_t num_returned_ = 0;
  uint32_t num_intact_ = 0;
  int num_idle_polls_ = 0;
  bool interrupts_enabled_ = false;
};

}  // namespace

WorkloadResult RunWorkload(const SharedMemory& memory, const Wires& wires,
                           DriverQueue* queue, uint32_t num_buffers,
                           uint64_t seed) {
  return Workload(memory, wires, queue, num_buffers, seed).Run();
}

}  // namespace virtio
