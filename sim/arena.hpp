// The one region of memory that holds a simulated world.
//
// Everything that belongs to a world (coroutine frames, process objects, tables, logs, queues)
// lives here. A snapshot copies the used bytes, a restore copies them back to the same addresses,
// so ordinary C++ objects and suspended coroutines can be branched and rewound (DESIGN 3.1).
//
// Memory is taken from an *owner* (a process, a component). Each owner has pages and free lists of
// its own, kept inside the arena, so that they are restored with it. Entering an owner (`Entered`)
// is the only way to take memory from it.
//
// A snapshot is valid only in the arena it came from. Running out of the reserved address space is
// an internal error (exit 70).
#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace onceward::sim {

// Which owner a block belongs to; a small number given out in order of creation.
enum class OwnerId : std::uint8_t {};
// By number.
using OwnerSet = std::bitset<256>;

class Arena {
 public:
  // Bytes of address space; memory is committed by the system only where it is touched.
  static constexpr std::size_t kReservedBytes = std::size_t{1} << 32;
  static constexpr std::size_t kPageBytes = 512;
  static constexpr std::size_t kOwnersMax = 250;

  // Pages in a row that are one owner's.
  struct Run {
    std::uint32_t begin;
    std::uint32_t end;
    std::uint8_t owner;
    bool operator==(const Run&) const = default;
  };
  struct Snapshot {
    std::vector<std::byte> bytes;
    std::vector<Run> runs;
  };

  explicit Arena(std::size_t reserved_bytes = kReservedBytes);
  ~Arena();
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  // REQUIRES: no snapshot has been taken yet (owners are part of how a world is built).
  [[nodiscard]] OwnerId add_owner();

  // A block of at least `bytes`, aligned to 16, from the entered owner.
  [[nodiscard]] void* take(std::size_t bytes);

  // Gives a block back to the owner it came from, whoever is entered now.
  // REQUIRES: `block` came from `take(bytes)` with the same `bytes`.
  void give_back(void* block, std::size_t bytes);

  void save(Snapshot& snapshot) const;

  // REQUIRES: `snapshot` was saved from this arena.
  void restore(const Snapshot& snapshot) { restore(snapshot, {}); }
  // REQUIRES: the memory of `unchanged` is what it was then.
  void restore(const Snapshot& snapshot, const OwnerSet& unchanged);

  // Owners whose memory is, byte for byte, what it was in `snapshot`: all but those that took or
  // gave back memory since the latest `restore` or `count_from_here`, which are not compared.
  // REQUIRES: `snapshot` was saved from this arena.
  [[nodiscard]] OwnerSet unchanged_since(const Snapshot& snapshot) const;
  void count_from_here() { busy_.reset(); }

  [[nodiscard]] std::size_t used_bytes() const { return top_; }
  [[nodiscard]] bool contains(const void* pointer) const;

  // Takes memory from `owner` for as long as it lives.
  class Entered {
   public:
    Entered(Arena& arena, OwnerId owner) : arena_(arena), before_(arena.entered_) {
      arena_.entered_ = owner;
    }
    ~Entered() { arena_.entered_ = before_; }
    Entered(const Entered&) = delete;
    Entered& operator=(const Entered&) = delete;

   private:
    Arena& arena_;
    OwnerId before_;
  };

 private:
  // Block sizes: steps of 16 up to 128, then two a doubling up to 64 KiB, then one a doubling.
  static constexpr std::size_t kClasses = 42;
  struct Owner {             // at the start of the owner's first page
    std::uint64_t next = 0;  // offsets from base_
    std::uint64_t end = 0;
    std::uint32_t free[kClasses] = {};  // offset / 16 of the first free block, 0: none
  };

  static std::size_t size_class(std::size_t bytes);
  static std::size_t class_bytes(std::size_t size_class);
  [[nodiscard]] Owner& owner(OwnerId id);
  [[nodiscard]] std::uint64_t take_pages(std::size_t pages, OwnerId id);
  void extend(Owner& owner, OwnerId id, std::size_t bytes);

  std::byte* base_;
  std::size_t reserved_;
  std::uint64_t top_;  // used bytes, a multiple of kPageBytes
  OwnerId entered_{};
  OwnerSet busy_;                          // took or gave back memory
  std::vector<std::uint64_t> owners_;      // offsets of the Owner records
  std::vector<std::uint8_t> page_owners_;  // one entry a page below top_
  std::vector<Run> runs_;                  // the same
};

}  // namespace onceward::sim
