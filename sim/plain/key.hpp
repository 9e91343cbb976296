// By what a plain state is known in the set of states met.
//
// A state of at most 16 bytes is its own key, so no two states can be taken for one. Any other
// counts by its 128-bit fingerprint, of its bytes or of what it adds to a Hasher itself.
#pragma once

#include <concepts>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

#include "sim/hash.hpp"

namespace onceward::sim::plain {

// Says itself what counts of it, as processes and components do.
template <class State>
concept Fingerprinted = requires(const State& state, Hasher& hasher) {
  state.fingerprint(hasher);
};

// Equal states have equal bytes: integers and arrays of them without padding, no pointers.
template <class State>
concept Bytes =
    std::is_trivially_copyable_v<State> && std::has_unique_object_representations_v<State>;

template <class State>
concept PlainState = std::copyable<State> &&(Fingerprinted<State> || Bytes<State>);

template <class State>
inline constexpr bool kExact = Bytes<State> && !Fingerprinted<State> && sizeof(State) <= 16;

// The smallest key that tells states apart.
template <class State>
using Key = std::conditional_t<kExact<State> && sizeof(State) <= 8, std::uint64_t, Hash128>;

// One to one, and every bit of the result depends on every bit of `word` (MurmurHash3's finaliser).
[[nodiscard]] inline std::uint64_t scatter(std::uint64_t word) {
  word = (word ^ word >> 33) * 0xff51afd7ed558ccdU;
  word = (word ^ word >> 33) * 0xc4ceb9fe1a85ec53U;
  return word ^ word >> 33;
}

template <PlainState State>
[[nodiscard]] Key<State> key_of(const State& state) {
  if constexpr (kExact<State>) {
    std::uint64_t words[2] = {};
    std::memcpy(words, &state, sizeof(State));
    if constexpr (sizeof(State) <= 8) {
      return scatter(words[0]);
    } else {
      return {scatter(words[0] ^ scatter(words[1])), words[1]};
    }
  } else if constexpr (Fingerprinted<State>) {
    Hasher hasher;
    state.fingerprint(hasher);
    return hasher.finish();
  } else {
    return hash_bytes({reinterpret_cast<const char*>(&state), sizeof(State)});
  }
}

}  // namespace onceward::sim::plain
