// The agenda keeps pending occurrences in order, in both of its forms; compared with a sorted list.
#include "sim/agenda.hpp"

#include <rapidcheck/catch.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <memory>
#include <vector>

#include "sim/random.hpp"

namespace onceward::sim {
namespace {

struct Nothing final : Occurrence {
  void happen(World&) override {}
  void fingerprint(Hasher&) const override {}
  [[nodiscard]] std::string describe() const override { return "nothing"; }
};

// What is done to an agenda, in one number: add with an instant, take, remove.
struct Deed {
  int kind = 0;
  std::int64_t instant = 0;
  std::size_t which = 0;
};
std::ostream& operator<<(std::ostream& out, const Deed& deed) {
  const char* const names[] = {"add at ", "take ", "remove "};
  return out << names[deed.kind]
             << (deed.kind == 0 ? deed.instant : static_cast<std::int64_t>(deed.which));
}

// Hundreds are pending before the first is taken, and time goes on. Instants lie up to `spread`
// ahead, many on the same one, and some far behind all others.
std::vector<Deed> many_deeds(std::int64_t spread, std::uint64_t seed) {
  Random random(seed);
  const auto below = [&](std::int64_t bound) {
    return static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(bound)));
  };
  std::vector<Deed> list;
  for (std::int64_t i = 0; i < 1000; ++i) {
    const bool first = i < 300;
    const int kinds[] = {0, 1, 0, 1, 0, 1, 1, 2};
    const std::int64_t now = first ? 0 : (i - 300) * spread / 200;
    const std::int64_t delays[] = {0, spread, below(spread + 1), below(spread + 1),
                                   below(100) == 0 ? 1000 * spread : below(spread / 10 + 1)};
    list.push_back({first ? 0 : kinds[below(8)], now + delays[below(5)],
                    static_cast<std::size_t>(below(1000))});
  }
  return list;
}

rc::Gen<std::vector<Deed>> deeds() {
  return rc::gen::container<std::vector<Deed>>(rc::gen::map(
      rc::gen::tuple(rc::gen::element(0, 0, 0, 1, 2), rc::gen::inRange<std::int64_t>(0, 20),
                     rc::gen::inRange<std::size_t>(0, 100)),
      [](const std::tuple<int, std::int64_t, std::size_t>& parts) {
        return Deed{std::get<0>(parts), std::get<1>(parts), std::get<2>(parts)};
      }));
}

void compare(Agenda::Order order, const std::vector<Deed>& list) {
  Arena arena;
  const Arena::Entered entered(arena, arena.add_owner());
  detail::current_arena = &arena;
  {
    Agenda agenda(order);
    std::vector<Agenda::Entry> reference;
    std::vector<std::unique_ptr<Nothing>> all(list.size());
    const auto first = [](const Agenda::Entry& a, const Agenda::Entry& b) { return a.before(b); };
    for (std::size_t i = 0; i < list.size(); ++i) {
      const Deed& deed = list[i];
      if (deed.kind == 0) {
        all[i] = std::unique_ptr<Nothing>(new Nothing);
        const Agenda::Entry entry{deed.instant, i, all[i].get()};
        agenda.add(entry);
        reference.insert(std::upper_bound(reference.begin(), reference.end(), entry, first), entry);
      } else if (!reference.empty()) {
        const std::size_t at =
            deed.kind == 1 && order == Agenda::Order::heap ? 0 : deed.which % reference.size();
        const auto place = reference.begin() + static_cast<std::ptrdiff_t>(at);
        if (deed.kind == 1) {
          RC_ASSERT(agenda.take(at).occurrence == place->occurrence);
        } else {
          agenda.remove(place->occurrence);
        }
        reference.erase(place);
      }
      RC_ASSERT(agenda.size() == reference.size());
      if (agenda.empty()) continue;
      RC_ASSERT(agenda[0].occurrence == reference[0].occurrence);
      if (order == Agenda::Order::heap) continue;
      for (std::size_t k = 0; k < reference.size(); ++k) {
        RC_ASSERT(agenda[k].occurrence == reference[k].occurrence);
      }
    }
    for (const Agenda::Entry& entry : reference) {
      RC_ASSERT(agenda.take(0).occurrence == entry.occurrence);
    }
  }
  detail::current_arena = nullptr;
}

TEST_CASE("an agenda takes what comes first, and removes from anywhere", "[sim][agenda]") {
  rc::prop("kept sorted", [] { compare(Agenda::Order::sorted, *deeds()); });
  rc::prop("as a heap", [] { compare(Agenda::Order::heap, *deeds()); });
}

TEST_CASE("an agenda of many takes what comes first, however far away most of it is",
          "[sim][agenda]") {
  for (const std::int64_t spread : {1LL, 30LL, 1'000'000'000LL, 1'000'000'000'000'000LL}) {
    rc::prop("spread over " + std::to_string(spread), [&] {
      compare(Agenda::Order::heap, many_deeds(spread, *rc::gen::arbitrary<std::uint64_t>()));
    });
  }
}

}  // namespace
}  // namespace onceward::sim
