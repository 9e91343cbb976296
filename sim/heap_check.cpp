#include "sim/heap_check.hpp"

#include <cstddef>
#include <cstdlib>
#include <new>

#include "sim/assert.hpp"

constinit thread_local bool onceward::sim::detail::in_step = false;  // the current world

namespace {

void* allocate(std::size_t bytes, std::size_t alignment) {
  if (onceward::sim::detail::in_step) {
    onceward::sim::fail_internal(
        "memory from the heap was asked for inside a step", __FILE__, __LINE__,
        "use sim::Vector and sim::InArena in a world, sim::OutsideStep to print");
  }
  const std::size_t asked = bytes == 0 ? 1 : bytes;
  void* block =
      alignment <= alignof(std::max_align_t)
          ? std::malloc(asked)
          : std::aligned_alloc(alignment, (asked + alignment - 1) / alignment * alignment);
  return block;
}

void* allocate_or_throw(std::size_t bytes, std::size_t alignment) {
  void* block = allocate(bytes, alignment);
  if (block == nullptr) throw std::bad_alloc();
  return block;
}

}  // namespace

// Replaceable allocation functions ([new.delete]). The array and nothrow forms would forward to the
// others, but a sanitizer's own would come first: unchecked, or not fitting the `delete` here.
void* operator new(std::size_t bytes) {
  return allocate_or_throw(bytes, alignof(std::max_align_t));
}
void* operator new(std::size_t bytes, std::align_val_t alignment) {
  return allocate_or_throw(bytes, static_cast<std::size_t>(alignment));
}
void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept {
  return allocate(bytes, alignof(std::max_align_t));
}
void* operator new(std::size_t bytes, std::align_val_t alignment, const std::nothrow_t&) noexcept {
  return allocate(bytes, static_cast<std::size_t>(alignment));
}
void* operator new[](std::size_t bytes) {
  return allocate_or_throw(bytes, alignof(std::max_align_t));
}
void operator delete[](void* block) noexcept { std::free(block); }
void operator delete[](void* block, std::size_t) noexcept { std::free(block); }
void operator delete(void* block) noexcept { std::free(block); }
void operator delete(void* block, const std::nothrow_t&) noexcept { std::free(block); }
void operator delete(void* block, std::size_t) noexcept { std::free(block); }
void operator delete(void* block, std::align_val_t) noexcept { std::free(block); }
void operator delete(void* block, std::size_t, std::align_val_t) noexcept { std::free(block); }
