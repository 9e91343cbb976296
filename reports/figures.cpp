#include "reports/figures.hpp"

#include <fmt/core.h>

#include <cmath>

namespace onceward::reports {
namespace {

constexpr std::int64_t kMicrosecond = 1'000;
constexpr std::int64_t kMillisecond = 1'000'000;
constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kMinute = 60 * kSecond;
constexpr std::int64_t kHour = 60 * kMinute;

std::string decimal(std::int64_t nanoseconds, std::int64_t unit, std::string_view name) {
  std::string text = fmt::format("{}", nanoseconds / unit);
  const std::int64_t rest = nanoseconds % unit;
  const std::int64_t thousandths = unit < 1000 ? 0 : rest / (unit / 1000);
  if (thousandths != 0) {
    text += fmt::format(".{:03}", thousandths);
    text.erase(text.find_last_not_of('0') + 1);
  }
  return text.append(name);
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

std::string instant_text(sim::Instant instant) {
  std::int64_t rest = instant.nanoseconds;
  if (rest == 0) return "0s";
  if (rest < kMicrosecond) return decimal(rest, 1, "ns");
  if (rest < kMillisecond) return decimal(rest, kMicrosecond, "us");
  if (rest < kSecond) return decimal(rest, kMillisecond, "ms");
  std::string text;
  if (rest >= kHour) text += fmt::format("{}h ", rest / kHour);
  rest %= kHour;
  if (rest >= kMinute) text += fmt::format("{}m ", rest / kMinute);
  rest %= kMinute;
  if (rest >= kMillisecond) return text + decimal(rest, kSecond, "s");
  text.pop_back();
  return text;
}

std::string collision_bound(std::uint64_t states) {
  if (states == 0) return "0";
  const auto count = static_cast<double>(states);
  // All digits of the double, so that rounding up depends on no library function.
  const std::string digits = fmt::format("{:.20e}", std::ldexp(count * count, -128));
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
