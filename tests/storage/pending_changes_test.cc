// Changes that are not written yet, against a std::map with the same.
#include "storage/pending_changes.h"

#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <tuple>

namespace daftar::testing {
namespace {

using storage::ChangeList;
using storage::InKeyOrder;
using storage::PendingChange;
using storage::PendingChanges;

using Held = std::optional<std::string>;
using Content = std::map<std::string, std::tuple<Held, Held, bool>>;

Held Copy(const std::optional<std::string_view>& bytes) {
  return bytes.has_value() ? Held(*bytes) : std::nullopt;
}

Content ContentOf(const PendingChanges& changes) {
  Content content;
  for (const auto& [key, change] : changes) {
    content[std::string(key)] = {Copy(change.value), Copy(change.before), change.is_before_known};
  }
  return content;
}

TEST_CASE("pending changes: tell nothing from nothing in it", "[storage]") {
  PendingChanges changes;
  CHECK(changes.empty());
  changes.Set("gone", std::nullopt);
  changes.Set("empty", "");
  CHECK(changes.size() == 2);
  CHECK_FALSE(changes.find("gone")->second.value.has_value());
  CHECK(changes.find("empty")->second.value == "");
  CHECK(changes.find("other") == changes.end());
}

TEST_CASE("pending changes: own what they are given", "[storage]") {
  PendingChanges changes;
  {
    std::string key = "key";
    std::string value(100000, 'v');
    changes.Set(key, value);
    key = "xxx";
    value.assign(value.size(), 'x');
  }
  CHECK(changes.find("key")->second.value == std::string(100000, 'v'));
}

TEST_CASE("pending changes: agree with std::map, also as a copy", "[storage][property]") {
  const unsigned seed = Catch::getSeed();
  CAPTURE(seed);
  std::mt19937 random(seed);
  const auto text = [&] {
    return std::string(random() % 40, static_cast<char>('a' + random() % 26));
  };
  std::optional<PendingChanges> changes(std::in_place);
  Content model;
  for (int step = 0; step < 5000; ++step) {
    const std::string key = std::to_string(random() % 200);
    const Held value = random() % 4 == 0 ? std::nullopt : Held(text());
    switch (random() % 8) {
      case 0:
        changes->Erase(key);
        model.erase(key);
        break;
      case 1: {
        const auto [change, added] = changes->Add(key);
        REQUIRE(added == !model.contains(key));
        *change = {changes->KeepValue(value), changes->KeepValue(Held("before")), false};
        model[key] = {value, "before", false};
        break;
      }
      default:
        changes->Set(key, value);
        if (!model.contains(key)) model[key] = {std::nullopt, std::nullopt, true};
        std::get<0>(model[key]) = value;
    }
    if (step % 500 != 0) continue;
    const auto ends_in = static_cast<char>('0' + random() % 10);
    ChangeList list;
    for (const auto& [k, change] : *changes) list.emplace_back(k, &change);
    InKeyOrder in_order(list);
    for (const auto& [k, change] : model) {
      if (random() % 3 == 0) REQUIRE(in_order.Find(k) == &changes->find(k)->second);
      REQUIRE(in_order.Find(k + '\0') == nullptr);
    }
    for (auto place = changes->begin(); place != changes->end();) {
      place = place->first.back() == ends_in ? changes->Erase(place) : std::next(place);
    }
    std::erase_if(model, [&](const auto& item) { return item.first.back() == ends_in; });
    REQUIRE(ContentOf(*changes) == model);
    const PendingChanges copy(*changes);
    changes.emplace();
    for (const auto& [k, change] : copy)
      *changes->Add(k).first = {changes->KeepValue(change.value), changes->KeepValue(change.before),
                                change.is_before_known};
    REQUIRE(ContentOf(copy) == model);
  }
  REQUIRE(ContentOf(*changes) == model);
}

}  // namespace
}  // namespace daftar::testing
