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
  sim::Value type;            // text
  sim::Value key;             // null: none
  sim::Vector<Field> data;    // in the order published
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
