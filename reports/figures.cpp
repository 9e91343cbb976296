#include "reports/figures.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "sim/search/result.hpp"

namespace onceward::reports {
namespace {

constexpr std::int64_t kMicrosecond = 1'000;
constexpr std::int64_t kMillisecond = 1'000'000;
constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kMinute = 60 * kSecond;
constexpr std::int64_t kHour = 60 * kMinute;

std::vector<sim::Instant> instants_of(const sim::Trace& trace) {
  std::vector<sim::Instant> instants;
  for (const sim::TraceEntry& entry : trace) instants.push_back(entry.at);
  return instants;
}

}  // namespace

std::string grouped(std::uint64_t number) {
  std::string text = fmt::format("{}", number);
  for (std::size_t at = text.size(); at > 3;) {
    at -= 3;
    text.insert(at, 1, ',');
  }
  return text;
}

std::string counted(std::uint64_t number, std::string_view one, std::string_view many) {
  if (number == 0) return fmt::format("no {}", many);
  return fmt::format("{} {}", grouped(number), number == 1 ? one : many);
}

std::string with_grouped_counts(std::string text) {
  constexpr std::string_view kDigits = "0123456789";
  for (const std::string_view noun : {" steps", " states", " runs"}) {
    for (std::size_t end = text.find(noun); end != text.npos; end = text.find(noun, end + 1)) {
      const std::size_t before = end == 0 ? text.npos : text.find_last_not_of(kDigits, end - 1);
      const std::size_t begin = before == text.npos ? 0 : before + 1;
      const bool plain = begin == 0 || text[before] == ' ' || text[before] == '(';
      if (!plain) continue;
      for (std::size_t at = end; at > begin + 3; ++end) text.insert(at -= 3, 1, ',');
    }
  }
  return text;
}

InstantFormat::InstantFormat(const std::vector<sim::Instant>& instants)
    : InstantFormat(instants, instants.empty()
                                  ? sim::Instant{}
                                  : *std::max_element(instants.begin(), instants.end())) {}

InstantFormat::InstantFormat(const std::vector<sim::Instant>& instants, sim::Instant latest) {
  if (latest.nanoseconds >= kSecond || latest.nanoseconds == 0) {
    unit_ = kSecond;
    name_ = "s";
  } else if (latest.nanoseconds >= kMillisecond) {
    unit_ = kMillisecond;
    name_ = "ms";
  } else if (latest.nanoseconds >= kMicrosecond) {
    unit_ = kMicrosecond;
    name_ = "us";
  }
  const std::int64_t finest = unit_ > kMicrosecond ? kMicrosecond : 1;
  std::int64_t part = unit_;  // of one in the last decimal
  for (const sim::Instant& each : instants) {
    const std::int64_t known = each.nanoseconds - each.nanoseconds % finest;
    for (; known % part != 0; part /= 10) ++decimals_;
  }
}

InstantFormat::InstantFormat(const sim::Trace& trace) : InstantFormat(instants_of(trace)) {}

std::string InstantFormat::text(sim::Instant instant) const {
  std::int64_t rest = instant.nanoseconds;
  std::string text;
  if (rest >= kHour) text += fmt::format("{}h ", rest / kHour);
  if (rest >= kMinute) text += fmt::format("{}m ", rest % kHour / kMinute);
  rest %= kMinute;
  text += fmt::format("{}", rest / unit_);
  if (decimals_ > 0) {
    std::int64_t part = unit_;
    for (int i = 0; i < decimals_; ++i) part /= 10;
    text += fmt::format(".{:0{}}", rest % unit_ / part, decimals_);
  }
  return text + name_;
}

std::string collision_bound(std::uint64_t states) {
  if (states == 0) return "0";
  const auto count = static_cast<double>(states);
  // All digits of the double, so that rounding up depends on no library function.
  const std::string digits =
      fmt::format("{:.20e}", std::ldexp(count * count, -1 - static_cast<int>(sim::kStateBits)));
  const std::size_t exponent_at = digits.find('e');
  int digit = digits[0] - '0';
  int exponent = std::stoi(digits.substr(exponent_at + 1));
  const std::string_view fraction = std::string_view(digits).substr(2, exponent_at - 2);
  if (fraction.find_first_not_of('0') != std::string_view::npos) ++digit;
  if (digit == 10) {
    digit = 1;
    ++exponent;
  }
  return fmt::format("{}e{}", digit, exponent);
}

}  // namespace onceward::reports
