// The arena: blocks never overlap, owners keep to themselves, a restored snapshot is byte for byte
// what was saved, and running out ends the program with a hint.
#include <rapidcheck/catch.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstring>
#include <vector>

#include "sim/containers.hpp"

namespace onceward::sim {
namespace {

struct Block {
  unsigned char* at;
  std::size_t bytes;
  unsigned char fill;

  void check() const {
    RC_ASSERT(std::all_of(at, at + bytes, [&](unsigned char each) { return each == fill; }));
  }
};

// A number for what to do next: mostly takes, of mostly small blocks, else gives a block back.
struct Deed {
  bool takes = true;
  std::size_t bytes = 0;
  std::size_t which = 0;
  std::uint8_t owner = 0;
};
std::ostream& operator<<(std::ostream& out, const Deed& deed) {
  if (!deed.takes) return out << "give back " << deed.which;
  return out << "take " << deed.bytes << " from " << int{deed.owner};
}

rc::Gen<std::vector<Deed>> deeds() {
  const auto bytes =
      rc::gen::oneOf(rc::gen::inRange<std::size_t>(0, 300), rc::gen::inRange<std::size_t>(0, 300),
                     rc::gen::inRange<std::size_t>(0, 200'000));
  return rc::gen::container<std::vector<Deed>>(rc::gen::map(
      rc::gen::tuple(rc::gen::element(true, true, false), bytes,
                     rc::gen::inRange<std::size_t>(0, 100), rc::gen::inRange<std::uint8_t>(0, 3)),
      [](const std::tuple<bool, std::size_t, std::size_t, std::uint8_t>& parts) {
        const auto& [takes, size, which, owner] = parts;
        return Deed{takes, size, which, owner};
      }));
}

struct Three {
  Arena arena;
  OwnerId owners[3] = {arena.add_owner(), arena.add_owner(), arena.add_owner()};
};

void follow(Three& three, const Deed& deed, std::vector<Block>& live, unsigned char fill) {
  if (deed.takes) {
    const Arena::Entered entered(three.arena, three.owners[deed.owner]);
    auto* at = static_cast<unsigned char*>(three.arena.take(deed.bytes));
    RC_ASSERT(reinterpret_cast<std::uintptr_t>(at) % 16 == 0U);
    RC_ASSERT(three.arena.contains(at));
    if (deed.bytes > 0) {
      RC_ASSERT(three.arena.contains(at + deed.bytes - 1));
      std::memset(at, fill, deed.bytes);
    }
    live.push_back({at, deed.bytes, fill});
  } else if (!live.empty()) {
    const auto gone = live.begin() + static_cast<std::ptrdiff_t>(deed.which % live.size());
    gone->check();
    three.arena.give_back(gone->at, gone->bytes);
    live.erase(gone);
  }
}

TEST_CASE("an owner counts as unchanged only while all its bytes are what they were",
          "[sim][arena]") {
  Three three;
  unsigned char* blocks[3];
  for (std::size_t i = 0; i < 3; ++i) {
    const Arena::Entered entered(three.arena, three.owners[i]);
    blocks[i] = static_cast<unsigned char*>(three.arena.take(3000));
    std::memset(blocks[i], 1, 3000);
  }
  Arena::Snapshot snapshot;
  three.arena.save(snapshot);
  three.arena.count_from_here();
  const auto unchanged = [&](std::size_t i) -> bool {
    return three.arena.unchanged_since(snapshot)[static_cast<std::size_t>(three.owners[i])];
  };
  CHECK((unchanged(0) && unchanged(1) && unchanged(2)));

  blocks[1][2999] = 2;
  CHECK((unchanged(0) && !unchanged(1) && unchanged(2)));
  blocks[1][2999] = 1;
  CHECK(unchanged(1));

  // Put back are those that may have changed.
  blocks[0][0] = 3;
  blocks[1][0] = 3;
  three.arena.restore(snapshot, three.arena.unchanged_since(snapshot));
  CHECK((blocks[0][0] == 1 && blocks[1][0] == 1));
  CHECK((unchanged(0) && unchanged(1) && unchanged(2)));

  // Who took or gave back memory is not compared; pages that are new are nobody's from before.
  const Arena::Entered entered(three.arena, three.owners[2]);
  three.arena.give_back(three.arena.take(64), 64);
  CHECK((unchanged(0) && unchanged(1) && !unchanged(2)));
  static_cast<void>(three.arena.take(100'000));
  three.arena.count_from_here();
  CHECK((unchanged(0) && unchanged(1) && !unchanged(2)));
  three.arena.restore(snapshot);
  CHECK((unchanged(0) && unchanged(1) && unchanged(2)));
}

TEST_CASE("blocks in use never overlap, and a restored arena goes on as it did", "[sim][arena]") {
  rc::prop("whatever is taken and given back", [] {
    const auto list = *deeds();
    Three three;
    std::vector<Block> live;
    const std::size_t half = list.size() / 2;
    for (std::size_t i = 0; i < half; ++i) follow(three, list[i], live, i & 0xff);
    Arena::Snapshot snapshot;
    three.arena.save(snapshot);
    const std::vector<Block> live_then = live;
    const std::size_t used_then = three.arena.used_bytes();
    std::vector<unsigned char*> places;
    for (std::size_t i = half; i < list.size(); ++i) follow(three, list[i], live, i & 0xff);
    for (const Block& block : live) block.check();
    for (const Block& block : live) places.push_back(block.at);
    const std::size_t used = three.arena.used_bytes();

    three.arena.restore(snapshot);
    RC_ASSERT(three.arena.used_bytes() == used_then);
    live = live_then;
    for (const Block& block : live) block.check();
    for (std::size_t i = half; i < list.size(); ++i) follow(three, list[i], live, i & 0xff);
    RC_ASSERT(three.arena.used_bytes() == used);
    RC_ASSERT(live.size() == places.size());
    for (std::size_t i = 0; i < live.size(); ++i) RC_ASSERT(live[i].at == places[i]);
  });
}

TEST_CASE("a block is used again by the owner it came from and by no other", "[sim][arena]") {
  Three three;
  void* block = nullptr;
  {
    const Arena::Entered entered(three.arena, three.owners[1]);
    block = three.arena.take(100);
  }
  {
    const Arena::Entered entered(three.arena, three.owners[2]);
    three.arena.give_back(block, 100);
    CHECK(three.arena.take(100) != block);
  }
  const Arena::Entered entered(three.arena, three.owners[1]);
  CHECK(three.arena.take(112) == block);  // the same class of sizes
}

TEST_CASE("entering an owner ends with its scope", "[sim][arena]") {
  Three three;
  const Arena::Entered first(three.arena, three.owners[1]);
  void* block = three.arena.take(64);
  three.arena.give_back(block, 64);
  {
    const Arena::Entered second(three.arena, three.owners[2]);
    CHECK(three.arena.take(64) != block);
  }
  CHECK(three.arena.take(64) == block);
}

TEST_CASE("taking and giving back the same sizes over and over takes no more memory",
          "[sim][arena]") {
  Three three;
  const Arena::Entered entered(three.arena, three.owners[0]);
  std::size_t used = 0;
  for (int round = 0; round < 100; ++round) {
    std::vector<std::pair<void*, std::size_t>> blocks;
    for (std::size_t bytes = 1; bytes < 300'000; bytes = bytes * 3 / 2 + 1) {
      blocks.emplace_back(three.arena.take(bytes), bytes);
    }
    for (const auto& [block, bytes] : blocks) three.arena.give_back(block, bytes);
    if (round == 0) used = three.arena.used_bytes();
    REQUIRE(three.arena.used_bytes() == used);
  }
}

TEST_CASE("a restore may shrink or grow the memory in use", "[sim][arena]") {
  Three three;
  const Arena::Entered entered(three.arena, three.owners[0]);
  Arena::Snapshot small;
  Arena::Snapshot large;
  three.arena.save(small);
  auto* block = static_cast<char*>(three.arena.take(100'000));
  std::memset(block, 'x', 100'000);
  three.arena.save(large);
  three.arena.restore(small);
  CHECK_FALSE(three.arena.contains(block));
  three.arena.restore(large);
  CHECK(three.arena.contains(block + 99'999));
  CHECK(std::count(block, block + 100'000, 'x') == 100'000);
}

TEST_CASE("an arena that is full ends the program with exit code 70", "[sim][arena]") {
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    close(STDERR_FILENO);
    Arena arena(1 << 16);
    const Arena::Entered entered(arena, arena.add_owner());
    for (int i = 0; i < 1000; ++i) static_cast<void>(arena.take(100));
    _exit(0);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 70);
}

TEST_CASE("containers take from the owner that is entered", "[sim][arena]") {
  Three three;
  detail::current_arena = &three.arena;
  {
    const Arena::Entered entered(three.arena, three.owners[0]);
    Vector<Vector<int>> lists;
    for (int i = 0; i < 100; ++i) {
      lists.emplace_back();
      for (int k = 0; k < i; ++k) lists.back().push_back(k);
    }
    CHECK(three.arena.contains(lists.data()));
    CHECK(three.arena.contains(lists[99].data()));
    CHECK(lists[99].back() == 98);
  }
  detail::current_arena = nullptr;
}

}  // namespace
}  // namespace onceward::sim
