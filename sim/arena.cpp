#include "sim/arena.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <new>

#include "sim/assert.hpp"
#include "sim/heap_check.hpp"

namespace onceward::sim {
namespace {

constexpr std::size_t kUnit = 16;             // every block is a multiple of this
constexpr std::size_t kFine = 128;            // steps of kUnit up to here
constexpr std::size_t kMedium = 64UL * 1024;  // two classes a doubling up to here

}  // namespace

Arena::Arena(std::size_t reserved_bytes) : reserved_(reserved_bytes), top_(kPageBytes) {
  void* region = mmap(nullptr, reserved_, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (region == MAP_FAILED) {
    fail_internal("no address space for a world", __FILE__, __LINE__,
                  "an arena reserves 4 GiB of addresses; is ulimit -v set?");
  }
  base_ = static_cast<std::byte*>(region);
  page_owners_.push_back(0);  // page 0 stays empty, so that offset 0 can mean "none"
  runs_.push_back({0, 1, 0});
}

Arena::~Arena() { munmap(base_, reserved_); }

std::size_t Arena::size_class(std::size_t bytes) {
  if (bytes <= kFine) return bytes == 0 ? 0 : (bytes - 1) / kUnit;
  const auto doubling = static_cast<std::size_t>(std::bit_width(bytes - 1)) - 8;  // 129..256: 0
  if (bytes <= kMedium) {
    const std::size_t half = std::size_t{192} << doubling;
    return 8 + 2 * doubling + (bytes <= half ? 0 : 1);
  }
  return 8 + 18 + (doubling - 9);
}

std::size_t Arena::class_bytes(std::size_t size_class) {
  if (size_class < 8) return (size_class + 1) * kUnit;
  if (size_class < 26) {
    const std::size_t doubling = (size_class - 8) / 2;
    return (size_class % 2 == 0 ? std::size_t{192} : std::size_t{256}) << doubling;
  }
  return std::size_t{256} << (size_class - 26 + 9);
}

Arena::Owner& Arena::owner(OwnerId id) {
  return *std::launder(reinterpret_cast<Owner*>(base_ + owners_[static_cast<std::size_t>(id)]));
}

OwnerId Arena::add_owner() {
  const OutsideStep gate;
  ONCEWARD_ASSERT(owners_.size() < kOwnersMax);
  const auto id = static_cast<OwnerId>(owners_.size());
  const std::uint64_t start = take_pages(1, id);
  owners_.push_back(start);
  Owner* record = new (base_ + start) Owner;
  record->next = start + (sizeof(Owner) + kUnit - 1) / kUnit * kUnit;
  record->end = start + kPageBytes;
  return id;
}

std::uint64_t Arena::take_pages(std::size_t pages, OwnerId id) {
  const std::uint64_t start = top_;
  if (top_ + pages * kPageBytes > reserved_) {
    fail_internal("a world outgrew its arena", __FILE__, __LINE__,
                  "the flow keeps more than 4 GiB alive in one run; shorten the workload");
  }
  top_ += pages * kPageBytes;
  const OutsideStep gate;
  const auto number = static_cast<std::uint8_t>(id);
  page_owners_.resize(top_ / kPageBytes, number);
  if (runs_.back().owner != number) runs_.push_back({runs_.back().end, 0, number});
  runs_.back().end = static_cast<std::uint32_t>(page_owners_.size());
  return start;
}

// Makes room for `bytes` at the bump end. Grows by a quarter of what the owner's last run of pages
// was asked for, so that large worlds do not pay a call a page.
void Arena::extend(Owner& record, OwnerId id, std::size_t bytes) {
  const std::size_t needed = (bytes + kPageBytes - 1) / kPageBytes;
  const std::size_t spare = std::min<std::size_t>(top_ / kPageBytes / 64, 128);
  const std::size_t pages = needed + spare;
  const std::uint64_t start = take_pages(pages, id);
  if (start != record.end) record.next = start;  // else the run continues where it ended
  record.end = start + pages * kPageBytes;
}

void* Arena::take(std::size_t bytes) {
  const std::size_t index = size_class(bytes);
  ONCEWARD_ASSERT(index < kClasses);
  Owner& record = owner(entered_);
  busy_[static_cast<std::size_t>(entered_)] = true;
  if (const std::uint32_t head = record.free[index]; head != 0) {
    std::byte* block = base_ + std::size_t{head} * kUnit;
    std::memcpy(&record.free[index], block, sizeof(std::uint32_t));
    return block;
  }
  const std::size_t size = class_bytes(index);
  if (record.next + size > record.end) extend(record, entered_, size);
  std::byte* block = base_ + record.next;
  record.next += size;
  return block;
}

void Arena::give_back(void* block, std::size_t bytes) {
  const auto offset = static_cast<std::uint64_t>(static_cast<std::byte*>(block) - base_);
  ONCEWARD_ASSERT(offset < top_);
  const auto id = static_cast<OwnerId>(page_owners_[offset / kPageBytes]);
  Owner& record = owner(id);
  busy_[static_cast<std::size_t>(id)] = true;
  std::uint32_t& head = record.free[size_class(bytes)];
  std::memcpy(block, &head, sizeof head);
  head = static_cast<std::uint32_t>(offset / kUnit);
}

void Arena::save(Snapshot& snapshot) const {
  const OutsideStep gate;
  snapshot.bytes.resize(top_);
  std::memcpy(snapshot.bytes.data(), base_, top_);
  snapshot.runs.assign(runs_.begin(), runs_.end());
}

void Arena::restore(const Snapshot& snapshot, const OwnerSet& unchanged) {
  ONCEWARD_ASSERT(snapshot.bytes.size() >= owners_.size() * kPageBytes);
  const auto copy = [&](std::size_t begin, std::size_t end) {
    const std::size_t at = begin * kPageBytes;
    std::memcpy(base_ + at, snapshot.bytes.data() + at, (end - begin) * kPageBytes);
  };
  top_ = snapshot.bytes.size();
  busy_.reset();
  if (unchanged.none()) copy(0, top_ / kPageBytes);
  const bool same_runs = runs_ == snapshot.runs;
  const OutsideStep gate;
  if (!same_runs) {
    runs_.assign(snapshot.runs.begin(), snapshot.runs.end());
    page_owners_.resize(top_ / kPageBytes);
  }
  for (const Run& run : runs_) {
    if (unchanged.any() && !unchanged[run.owner]) copy(run.begin, run.end);
    if (same_runs) continue;
    std::fill(page_owners_.begin() + run.begin, page_owners_.begin() + run.end, run.owner);
  }
}

OwnerSet Arena::unchanged_since(const Snapshot& snapshot) const {
  OwnerSet owners = ~busy_;
  const auto& before = snapshot.runs;
  std::size_t both = 0;
  for (; both < std::min(before.size(), runs_.size()); ++both) {
    const Run& run = runs_[both];
    if (run != before[both]) break;
    if (!owners[run.owner]) continue;
    const std::size_t at = run.begin * kPageBytes;
    const std::size_t bytes = (run.end - run.begin) * kPageBytes;
    owners[run.owner] = std::memcmp(base_ + at, snapshot.bytes.data() + at, bytes) == 0;
  }
  for (std::size_t i = both; i < before.size(); ++i) owners.reset(before[i].owner);
  for (std::size_t i = both; i < runs_.size(); ++i) owners.reset(runs_[i].owner);
  return owners;
}

bool Arena::contains(const void* pointer) const {
  const auto* address = static_cast<const std::byte*>(pointer);
  return address >= base_ && address < base_ + top_;
}

}  // namespace onceward::sim
