// Task<T>: a lazy coroutine whose frame lives in the arena.
//
// A task starts when it is awaited, or through Process::spawn for a root. Frames are destroyed by
// the driver, never while they run; a crash destroys them wherever they wait, so destructors of
// locals must not do operations.
//
// Control passes through a trampoline: awaiting and finishing leave the next handle in
// `detail::next_to_resume` and return to the driver loop. Symmetric transfer is not a tail call in
// g++ 12 at -O0, so a long loop would overflow the stack.
//
// Nothing may be thrown out of a task: expected failures are values (DESIGN 3.1, rule 4).
//
// How to write co_await with g++ 12 (docs/HACKING.md says why): one a statement, in the shapes
// `co_await f(args);`, `const T x = co_await f(args);`, `co_return co_await f(args);`, no braces in
// the awaited expression, never inside a macro; parameters by value; no capturing lambdas.
#pragma once

#include <coroutine>
#include <cstddef>
#include <utility>

#include "sim/assert.hpp"
#include "sim/containers.hpp"

namespace onceward::sim {

namespace detail {

inline constinit thread_local std::coroutine_handle<> next_to_resume;  // the current world

struct PromiseBase {
  std::coroutine_handle<> continuation;

  static void* operator new(std::size_t bytes) { return current_arena->take(bytes); }
  static void operator delete(void* frame, std::size_t bytes) {
    current_arena->give_back(frame, bytes);
  }

  std::suspend_always initial_suspend() noexcept { return {}; }

  struct Finish {
    bool await_ready() noexcept { return false; }
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> finished) noexcept {
      next_to_resume = finished.promise().continuation;
    }
    void await_resume() noexcept {}
  };
  Finish final_suspend() noexcept { return {}; }

  void unhandled_exception() noexcept {
    fail_internal("an exception left a task", __FILE__, __LINE__,
                  "expected failures are values; see sim/task.hpp");
  }
};

template <class T>
struct Promise : PromiseBase {
  T value{};
  std::coroutine_handle<Promise> get_return_object() noexcept {
    return std::coroutine_handle<Promise>::from_promise(*this);
  }
  void return_value(T result) { value = std::move(result); }
};

template <>
struct Promise<void> : PromiseBase {
  std::coroutine_handle<Promise> get_return_object() noexcept {
    return std::coroutine_handle<Promise>::from_promise(*this);
  }
  void return_void() noexcept {}
};

}  // namespace detail

template <class T = void>
class [[nodiscard]] Task {
 public:
  using promise_type = detail::Promise<T>;
  using Handle = std::coroutine_handle<promise_type>;

  Task(Handle handle) noexcept : handle_(handle) {}
  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Task& operator=(Task&&) = delete;
  ~Task() {
    if (handle_) handle_.destroy();
  }

  // Awaiting a task runs it to its end and yields what it returned.
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> awaiting) noexcept {
    handle_.promise().continuation = awaiting;
    detail::next_to_resume = handle_;
  }
  T await_resume() {
    if constexpr (!std::is_void_v<T>) return std::move(handle_.promise().value);
  }

  // Hands the frame over to a driver, which must destroy it.
  [[nodiscard]] std::coroutine_handle<> release() noexcept {
    return std::exchange(handle_, nullptr);
  }

 private:
  Handle handle_;
};

}  // namespace onceward::sim
