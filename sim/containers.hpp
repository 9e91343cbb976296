// Containers and objects that live in the arena of the current world.
//
// The allocator is stateless: it takes memory from the owner entered now (arena.hpp) and gives it
// back to the owner it came from. REQUIRES (all of this file): a world is current.
#pragma once

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
