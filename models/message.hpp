// The envelope of a business event on its way: CloudEvents' id and type, a partition key, the data.
#pragma once

#include <cstdint>
#include <string_view>

#include "sim/containers.hpp"
#include "sim/symbol.hpp"
#include "sim/value.hpp"

namespace onceward::models {

struct Field {
  const sim::Symbol* name;
  sim::Value value;
};

struct Message : sim::InArena {
  sim::Value id;
  sim::Value type;          // text
  sim::Value key;           // null: none
  sim::Vector<Field> data;  // in the order published
  sim::Value correlation;   // what the flow began with, handed on by all that follows; null: none
  sim::Value causation;     // the id of the event or command that brought it about; null: none
  // The correlation of the event in whose handling it was published: what its own should be. Null:
  // published in no such handling, or that event has none.
  sim::Value chain;
  std::uint64_t sending = 0;  // which sending of an idempotent producer stored it; 0: none
  std::uint32_t entry = 0;    // trace entry of its append; not part of the state

  // Null where the data has no such field.
  [[nodiscard]] sim::Value field(std::string_view name) const {
    for (const Field& each : data) {
      if (each.name->text == name) return each.value;
    }
    return {};
  }

  void fingerprint(sim::Hasher& hasher) const {
    id.fingerprint(hasher);
    type.fingerprint(hasher);
    key.fingerprint(hasher);
    correlation.fingerprint(hasher);
    causation.fingerprint(hasher);
    chain.fingerprint(hasher);
    hasher.add(sending == 0 ? 0 : 1);
    if (sending != 0) hasher.add_minted(sending);
    hasher.add(data.size());
    for (const Field& each : data) {
      hasher.add(each.name->hash);
      each.value.fingerprint(hasher);
    }
  }
};

}  // namespace onceward::models
