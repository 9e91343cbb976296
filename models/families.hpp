// Which requests of a workload, with the keys they bring, may stand for one another.
//
// Requests of one workload entry differ by texts alone (`o1`, `o2`, ...) or they are no family.
// Requests that share such a text belong together (an order and its cancellation); two groups that
// are alike, request by request, in all but their texts are of one family. A run in which they are
// exchanged, keys and all, is a run as well: nothing in the world tells the texts of a family
// apart, and if something is made of one that would (sim::Value), the world says so.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace onceward::models {

struct RequestOrder;

struct Families {
  struct Standing {
    std::uint32_t family = 0;  // 0: it stands for itself only
    std::uint32_t role = 0;    // its place in its group: those of equal roles may be exchanged
  };
  std::vector<Standing> requests;                          // by place in the workload
  std::map<std::string, std::uint32_t, std::less<>> keys;  // texts of families, numbered from 0
};

[[nodiscard]] Families families_of(const std::vector<const RequestOrder*>& orders);

// The texts that stand for one another, for people: "PlaceOrder.order o1, o2". Those of several
// fields are told once, with the first field that brings them.
[[nodiscard]] std::vector<std::string> alike(const std::vector<const RequestOrder*>& orders);

}  // namespace onceward::models
