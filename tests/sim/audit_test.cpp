// What a search takes on trust is tried all the time: a wrong fingerprint, a wrong claim that
// nobody can tell a step, and a look into the memory of others without a word are found out.
#include <catch2/catch.hpp>
#include <string>

#include "sim/search/explore.hpp"
#include "sim/world.hpp"

namespace onceward {
namespace {

using sim::Window;
using sim::World;

const sim::Symbol kBoard("board");
const sim::Symbol kMirror("mirror");
const sim::Site kRed("red");
const sim::Site kBlue("blue");
const sim::Site kLook("look");

struct Errors {
  bool forgets_last = false;  // the fingerprint leaves out who wrote last
  bool claims_local = false;  // writing counts as what nobody else can tell
  bool forgets_bent = false;  // the fingerprint leaves out what a fault did
};

class Board;

class Write final : public sim::Occurrence {
 public:
  Write(Board& board, int color) : board_(board), color_(color) {}
  void happen(World& world) override;
  [[nodiscard]] bool is_local(const World&) const override;
  void fingerprint(sim::Hasher& hasher) const override {
    hasher.add(static_cast<std::uint64_t>(color_));
  }
  [[nodiscard]] std::string describe() const override { return color_ == 1 ? "red" : "blue"; }
  void dispose() override { delete this; }

 private:
  Board& board_;
  int color_;
};

class Look final : public sim::Occurrence {
 public:
  explicit Look(Board& board) : board_(board) {}
  void happen(World& world) override;
  void fingerprint(sim::Hasher&) const override {}
  [[nodiscard]] std::string describe() const override { return "look"; }
  void dispose() override { delete this; }

 private:
  Board& board_;
};

// Two writers, and one who looks once both have written.
class Board final : public sim::Component {
 public:
  Board(const sim::Symbol& name, sim::OwnerId owner, const Errors& of)
      : Component(name, owner), errors(of) {}

  void on_start(World& world) override {
    world.schedule<Write>(owner(), creator(), kRed, sim::kAnyTime, *this, 1);
    world.schedule<Write>(owner(), creator(), kBlue, sim::kAnyTime, *this, 2);
  }
  void write(World& world, int color) {
    last = color;
    bent =
        bent || world.offer_fault(kRed, {sim::FaultKind::error}, {&kBoard}) != sim::FaultKind::none;
    if (++written == 2) world.schedule<Look>(owner(), creator(), kLook, sim::kAnyTime, *this);
  }
  void fingerprint(sim::Hasher& hasher) const override {
    hasher.add(static_cast<std::uint64_t>(written));
    hasher.add(static_cast<std::uint64_t>(seen));
    if (!errors.forgets_last) hasher.add(static_cast<std::uint64_t>(last));
    if (!errors.forgets_bent) hasher.add(bent ? 1 : 0);
  }

  Errors errors;
  int written = 0;
  int last = 0;
  int seen = 0;
  bool bent = false;
};

void Write::happen(World& world) {
  const sim::Arena::Entered entered(world.arena(), board_.owner());
  board_.write(world, color_);
}
bool Write::is_local(const World&) const { return board_.errors.claims_local; }
void Look::happen(World&) { board_.seen = board_.bent ? -board_.last : board_.last; }

class BoardModel final : public sim::Model {
 public:
  explicit BoardModel(const Errors& errors) : errors_(errors) {}
  void build(World& world) const override { world.add_component<Board>(kBoard, errors_); }

 private:
  Errors errors_;
};

// Shows what stands on a board, and has nothing of its own.
class Mirror final : public sim::Component {
 public:
  Mirror(const sim::Symbol& name, sim::OwnerId owner, const Board& of, bool says_so)
      : Component(name, owner), of_(of), says_so_(says_so) {}
  void fingerprint(sim::Hasher& hasher) const override {
    if (says_so_) hasher.look_into(of_.owner());
    hasher.add(static_cast<std::uint64_t>(of_.written));
  }

 private:
  const Board& of_;
  bool says_so_;
};

class MirrorModel final : public sim::Model {
 public:
  explicit MirrorModel(bool says_so) : says_so_(says_so) {}
  void build(World& world) const override {
    const Board& board = world.add_component<Board>(kBoard, Errors());
    world.add_component<Mirror>(kMirror, board, says_so_);
  }

 private:
  bool says_so_;
};

sim::Result search(const Errors& errors,
                   const sim::Reductions& reductions = sim::Reductions::none(),
                   const sim::FaultPlan& plan = {}) {
  sim::SearchOptions options;
  options.strategy = sim::Strategy::exhaustive;
  options.reductions = reductions;
  return sim::explore(BoardModel(errors), plan, options);
}

TEST_CASE("a fingerprint that forgets what the future depends on is found out", "[sim][search]") {
  const sim::Result found = search({.forgets_last = true});
  CHECK(found.verdict == sim::Verdict::unknown);
  CHECK(found.unsound ==
        "two paths, of 2 and of 2 steps, lead to what counts as one state, and go on differently: "
        "after \"look\" board differs");

  const sim::Result complete = search({});
  CHECK(complete.verdict == sim::Verdict::exhausted);
  CHECK(complete.unsound.empty());
}

TEST_CASE("a step that others can tell, and that counts as local, is found out", "[sim][search]") {
  const sim::Result found = search({.claims_local = true}, {});
  CHECK(found.verdict == sim::Verdict::unknown);
  CHECK(found.unsound ==
        "\"red\" counts as a step that nobody else can tell, and yet \"blue\" before it or after "
        "it leaves board in another state");

  CHECK(search({.claims_local = true}).unsound.empty());  // nobody relies on it
  CHECK(search({}, {}).verdict == sim::Verdict::exhausted);
}

TEST_CASE("a fault whose effect the fingerprint forgets is found out", "[sim][search]") {
  sim::FaultPlan plan;
  plan.budget = 1;
  plan.rules.push_back({sim::FaultKind::error, kBoard.text, ~0U, {}});
  const sim::Result found = search({.forgets_bent = true}, {}, plan);
  CHECK(found.verdict == sim::Verdict::unknown);
  CHECK(found.unsound.find("go on differently: after \"look\" board differs") != std::string::npos);

  // What was spent tells them apart.
  CHECK(search({.forgets_bent = true}, sim::Reductions::none(), plan).unsound.empty());
  CHECK(search({}, {}, plan).verdict == sim::Verdict::exhausted);
}

TEST_CASE("a fingerprint that reads what is not its own without a word is found out",
          "[sim][search]") {
  sim::SearchOptions options;
  options.strategy = sim::Strategy::exhaustive;
  const sim::Result found = sim::explore(MirrorModel(false), {}, options);
  CHECK(found.verdict == sim::Verdict::unknown);
  CHECK(found.unsound ==
        "what mirror adds to the fingerprint counts as unchanged after a step, and has changed: it "
        "reads the memory of others and does not say so");

  const sim::Result said = sim::explore(MirrorModel(true), {}, options);
  CHECK(said.verdict == sim::Verdict::exhausted);
  CHECK(said.unsound.empty());
}

}  // namespace
}  // namespace onceward
