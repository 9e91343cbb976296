// The objects of the language that are about stores and about what a process has of its own.
#include "models/profiles.hpp"
#include "scenarios/grammar.hpp"

namespace onceward::scenarios {

const ObjectShape& store_shape() {
  static const ObjectShape shape = [] {
    std::vector<std::string> names;
    for (const models::StoreProfile& each : models::store_profiles()) names.push_back(each.name);
    return ObjectShape{"a store",
                       {shape::needed("profile", shape::word(std::move(names)), "how it behaves")}};
  }();
  return shape;
}

// One of the fields.
const ObjectShape& cell_shape() {
  static const ObjectShape shape{
      "a cell of memory",
      {shape::field("list", shape::list_of(shape::of(Shape::Kind::value)),
                    "a list, with what it starts with"),
       shape::field("set", shape::list_of(shape::of(Shape::Kind::value)), "a set"),
       shape::field("map", shape::map_of(shape::of(Shape::Kind::value)), "a map")}};
  return shape;
}

const ObjectShape& timer_shape() {
  static const ObjectShape shape{"a timer",
                                 {shape::field("durable", shape::of(Shape::Kind::boolean),
                                               "true: it survives a crash of the process")}};
  return shape;
}

}  // namespace onceward::scenarios
