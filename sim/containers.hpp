// Containers and objects that live in the arena of the current world.
//
// The allocator is stateless: it takes memory from the owner entered now (arena.hpp) and gives it
// back to the owner it came from. REQUIRES (all of this file): a world is current.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <new>
#include <type_traits>
#include <vector>

#include "sim/arena.hpp"

namespace onceward::sim {

namespace detail {
// Set by World for as long as it builds, runs or is inspected.
inline constinit thread_local Arena* current_arena = nullptr;  // the current world
}  // namespace detail

template <class T>
struct ArenaAllocator {
  using value_type = T;
  ArenaAllocator() = default;
  template <class U>
  ArenaAllocator(const ArenaAllocator<U>&) {}

  T* allocate(std::size_t n) {
    static_assert(alignof(T) <= 16);
    // NOLINTNEXTLINE(bugprone-sizeof-expression): of lists of pointers too
    return static_cast<T*>(detail::current_arena->take(n * sizeof(T)));
  }
  void deallocate(T* block, std::size_t n) {
    // NOLINTNEXTLINE(bugprone-sizeof-expression)
    detail::current_arena->give_back(block, n * sizeof(T));
  }
  friend bool operator==(const ArenaAllocator&, const ArenaAllocator&) { return true; }
};

template <class T>
using Vector = std::vector<T, ArenaAllocator<T>>;

// A list of which most objects never have an element: one word, and a block once it has.
template <class T>
class RareList {
  static_assert(std::is_trivially_copyable_v<T> && alignof(T) <= 8);

 public:
  RareList() = default;
  RareList(const RareList&) = delete;
  RareList& operator=(const RareList&) = delete;
  ~RareList() { give_back(); }

  [[nodiscard]] std::size_t size() const { return block_ != nullptr ? block_->size : 0; }
  [[nodiscard]] const T* begin() const { return elements(block_); }
  [[nodiscard]] const T* end() const { return elements(block_) + size(); }
  [[nodiscard]] T* begin() { return elements(block_); }
  [[nodiscard]] T* end() { return elements(block_) + size(); }

  void push_back(const T& element) {
    if (block_ == nullptr || block_->size == block_->room) grow();
    new (end()) T(element);
    ++block_->size;
  }
  // REQUIRES: count <= size().
  void shrink(std::size_t count) {
    if (block_ != nullptr) block_->size = static_cast<std::uint32_t>(count);
  }

 private:
  struct Block {
    std::uint32_t size;
    std::uint32_t room;
  };

  static T* elements(Block* block) {
    return block != nullptr ? reinterpret_cast<T*>(block + 1) : nullptr;
  }
  // NOLINTNEXTLINE(bugprone-sizeof-expression)
  static std::size_t bytes_for(std::size_t room) { return sizeof(Block) + room * sizeof(T); }
  void grow() {
    const std::size_t room = block_ != nullptr ? std::size_t{block_->room} * 2 : 1;
    void* place = detail::current_arena->take(bytes_for(room));
    auto* larger =
        new (place) Block{static_cast<std::uint32_t>(size()), static_cast<std::uint32_t>(room)};
    std::copy(begin(), end(), elements(larger));
    give_back();
    block_ = larger;
  }
  void give_back() {
    if (block_ != nullptr) detail::current_arena->give_back(block_, bytes_for(block_->room));
  }

  Block* block_ = nullptr;
};

// Makes `arena` current where there is no world (values joined while a scenario is read), with an
// owner of its own entered, and puts back what was current before.
class ArenaInUse {
 public:
  explicit ArenaInUse(Arena& arena)
      : before_(detail::current_arena), entered_(arena, arena.add_owner()) {
    detail::current_arena = &arena;
  }
  ~ArenaInUse() { detail::current_arena = before_; }
  ArenaInUse(const ArenaInUse&) = delete;
  ArenaInUse& operator=(const ArenaInUse&) = delete;

 private:
  Arena* before_;
  Arena::Entered entered_;
};

// Base of objects that live in the arena and are made with `new` and ended with `delete`.
struct InArena {
  static void* operator new(std::size_t bytes) { return detail::current_arena->take(bytes); }
  static void operator delete(void* block, std::size_t bytes) {
    detail::current_arena->give_back(block, bytes);
  }
};

}  // namespace onceward::sim
