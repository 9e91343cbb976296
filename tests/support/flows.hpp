// Generators of toy flows and of fault plans, which shrink step by step, and the size of
// properties.
//
// ONCEWARD_PROPERTY_SIZE=full tries 5 times as many cases as usual, =small a tenth (valgrind).
#pragma once

#include <rapidcheck.h>

#include <catch2/catch.hpp>
#include <sstream>
#include <string>

#include "tests/support/toy.hpp"

namespace onceward::toy {

struct Shape {
  std::size_t clerks = 3;
  std::size_t tasks = 3;
  std::size_t steps = 6;
  std::size_t passes = 1;
};
[[nodiscard]] rc::Gen<Sketch> sketches(const Shape& shape);
// Plans with at most `budget` strikes of a random subset of all kinds.
[[nodiscard]] rc::Gen<sim::FaultPlan> plans(std::uint32_t budget);

// How many cases a property tries that usually tries `cases`.
[[nodiscard]] int property_cases(int cases);

// rc::prop with a number of cases of its own.
template <class Property>
void check(const std::string& description, int cases, Property&& property) {
  SECTION(description) {
    rc::detail::TestParams params = rc::detail::configuration().testParams;
    params.maxSuccess = property_cases(cases);
    rc::detail::TestMetadata metadata;
    metadata.id = description;
    metadata.description = description;
    const auto result =
        rc::detail::checkTestable(std::forward<Property>(property), metadata, params);
    std::ostringstream text;
    rc::detail::printResultMessage(result, text);
    INFO(text.str());
    CHECK(result.template is<rc::detail::SuccessResult>());
  }
}

}  // namespace onceward::toy

namespace onceward::sim {
std::ostream& operator<<(std::ostream& out, const FaultPlan& plan);
}  // namespace onceward::sim
