// A name or a site, made when a model is built and frozen from then on.
//
// Worlds hold symbols by pointer and compare them by pointer within one model, but hash and print
// them by content, so that no address reaches a result. A site is a symbol too: the JSON pointer of
// a step, or a literal in C++.
#pragma once

#include <string>
#include <utility>

#include "sim/hash.hpp"

namespace onceward::sim {

struct Symbol {
  explicit Symbol(std::string name) : text(std::move(name)), hash(hash_bytes(text)) {}
  Symbol(const Symbol&) = delete;
  Symbol& operator=(const Symbol&) = delete;

  const std::string text;
  const Hash128 hash;
};

using Site = Symbol;

}  // namespace onceward::sim
