// Values: equality and hashes by content, text in the arena and frozen, what people read.
#include "sim/value.hpp"

#include <rapidcheck/catch.h>

#include <catch2/catch.hpp>
#include <functional>
#include <string>
#include <type_traits>
#include <vector>

#include "sim/containers.hpp"

namespace onceward::sim {
namespace {

// Gives the tests a place for text made in a run.
class Bench {
 public:
  Bench() : entered_(arena_, arena_.add_owner()) { detail::current_arena = &arena_; }
  ~Bench() { detail::current_arena = nullptr; }
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;

 private:
  Arena arena_;
  Arena::Entered entered_;
};

Hash128 hash_of(const Value& value) {
  Hasher hasher;
  value.fingerprint(hasher);
  return hasher.finish();
}

std::vector<Value> one_of_each() {
  return {Value(),
          Value::boolean(false),
          Value::boolean(true),
          Value::integer(0),
          Value::integer(1),
          Value::integer(-1),
          Value::duration(0),
          Value::duration(1),
          Value::text(frozen_text("")),
          Value::text(frozen_text("1")),
          Value::instant(0, 0),
          Value::instant(0, 1),
          Value::minted(1)};
}

TEST_CASE("a value is 16 bytes and can be copied by its bytes", "[sim][value]") {
  STATIC_REQUIRE(sizeof(Value) == 16);
  STATIC_REQUIRE(std::is_trivially_copyable_v<Value>);
}

TEST_CASE("values are equal when kind and content are, and then hash alike", "[sim][value]") {
  const std::vector<Value> values = one_of_each();
  for (std::size_t i = 0; i < values.size(); ++i) {
    for (std::size_t k = 0; k < values.size(); ++k) {
      CHECK((values[i] == values[k]) == (i == k));
      CHECK((hash_of(values[i]) == hash_of(values[k])) == (i == k));
    }
  }
  CHECK_FALSE(Value::instant(1, 0) == Value::instant(2, 0));
  CHECK(hash_of(Value::minted(5)) == hash_of(Value::minted(9)));  // alone, an id says nothing
}

TEST_CASE("text is equal wherever it is stored", "[sim][value]") {
  const Bench bench;
  rc::prop("frozen and in the arena", [](const std::string& text) {
    const Value frozen = Value::text(frozen_text(text));
    const Value made = Value::text(text_in_arena(text));
    RC_ASSERT(frozen == made);
    RC_ASSERT(hash_of(frozen) == hash_of(made));
    RC_ASSERT(frozen.view() == text);
    RC_ASSERT(frozen_text(text) == frozen_text(std::string(text)));
  });
}

TEST_CASE("concatenation writes numbers in decimal, and ids in full", "[sim][value]") {
  const Bench bench;
  const auto text = [](const char* words) { return Value::text(frozen_text(words)); };
  CHECK(concatenate(text("o"), Value::integer(12)).view() == "o12");
  CHECK(concatenate(Value::integer(-7), text("")).view() == "-7");
  CHECK(concatenate(text(""), text("")).view().empty());
  CHECK(concatenate(Value::integer(INT64_MIN), Value::integer(INT64_MAX)).view() ==
        "-92233720368547758089223372036854775807");
  CHECK(concatenate(text("of "), Value::minted(0x3f)).view() == "of id-000000000000003f");
  rc::prop("any texts", [](const std::string& head, const std::string& tail) {
    RC_ASSERT(
        concatenate(Value::text(frozen_text(head)), Value::text(text_in_arena(tail))).view() ==
        head + tail);
  });
}

TEST_CASE("values print as people write them", "[sim][value]") {
  CHECK(Value().print() == "null");
  CHECK(Value::boolean(true).print() == "true");
  CHECK(Value::integer(-42).print() == "-42");
  CHECK(Value::text(frozen_text("o1")).print() == "o1");
  CHECK(Value::duration(1'500'000'000).print() == "1500ms");
  CHECK(Value::instant(3, 0).print() == "instant of step 3");
  CHECK(Value::instant(3, 60'000'000'000).print() == "instant of step 3 + 1m");
  CHECK(Value::minted(0x3f2a91c4'00000001U).print() == "id-3f2a91c4");
}

TEST_CASE("durations print in the largest unit that divides them", "[sim][value]") {
  CHECK(duration_text(0) == "0s");
  CHECK(duration_text(1) == "1ns");
  CHECK(duration_text(1'000) == "1us");
  CHECK(duration_text(1'001) == "1001ns");
  CHECK(duration_text(60'000'000'000) == "1m");
  CHECK(duration_text(86'400'000'000'000) == "1d");
  CHECK(duration_text(90'000'000'000) == "90s");
  CHECK(duration_text(-5'000'000) == "-5ms");
}

bool told_apart_by(const std::function<void()>& act) {
  detail::keys_were_told_apart = false;
  act();
  return detail::keys_were_told_apart;
}

TEST_CASE("a key is its text, and whoever makes more of it than that tells keys apart",
          "[sim][value]") {
  const Bench bench;
  const Value plain = Value::text(frozen_text("o1"));
  const Value one = plain.as_key(1);
  const Value two = Value::text(frozen_text("o2")).as_key(2);
  CHECK(one.is_key());
  CHECK_FALSE(plain.is_key());
  CHECK(one.print() == "o1");
  CHECK_FALSE(told_apart_by([&] { CHECK_FALSE(one == two); }));
  CHECK_FALSE(told_apart_by([&] { CHECK(one == Value::text(frozen_text("o1")).as_key(1)); }));
  CHECK_FALSE(told_apart_by([&] { CHECK(comes_before(one, two)); }));
  CHECK_FALSE(told_apart_by([&] { CHECK_FALSE(one == Value::integer(1)); }));
  CHECK_FALSE(told_apart_by([&] { CHECK(one.print() == "o1"); }));
  CHECK(told_apart_by([&] { CHECK(one.view() == "o1"); }));
  CHECK(told_apart_by([&] { CHECK(one == plain); }));
  CHECK(told_apart_by([&] { CHECK_FALSE(two == plain); }));
  CHECK(told_apart_by([&] { CHECK(compare(one, two) < 0); }));
  CHECK(told_apart_by([&] { CHECK(concatenate(one, plain).view() == "o1o1"); }));
}

TEST_CASE("a key counts as an id where keys are renamed, and as its text where not",
          "[sim][value]") {
  const auto hash = [](const Value& first, const Value& second, bool renames) {
    Hasher hasher(Hasher::Ids::renamed, renames);
    first.fingerprint(hasher);
    second.fingerprint(hasher);
    return hasher.finish();
  };
  const Value one = Value::text(frozen_text("o1")).as_key(1);
  const Value two = Value::text(frozen_text("o2")).as_key(2);
  CHECK(hash(one, two, true) == hash(two, one, true));
  CHECK(hash(one, two, true) != hash(one, one, true));
  CHECK(hash(one, two, false) != hash(two, one, false));
  CHECK(hash(one, two, false) == hash(Value::text(frozen_text("o1")), two, false));
}

}  // namespace
}  // namespace onceward::sim
