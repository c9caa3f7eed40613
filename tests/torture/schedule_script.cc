#include "torture/schedule_script.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace daftar::torture {
namespace {

constexpr uint32_t kItems = 5;
constexpr uint32_t kGroups = 4;
constexpr uint32_t kValues = 3;
constexpr uint32_t kCodes = 3;

bool Percent(Random* random, uint32_t chance) { return Below(random, 100) < chance; }

ItemState RandomState(Random* random) {
  ItemState state;
  state.group = static_cast<int32_t>(Below(random, kGroups));
  state.value = Below(random, kValues);
  if (Percent(random, 35)) state.code = Below(random, kCodes);
  return state;
}

WriteItem RandomWrite(Random* random) {
  WriteItem write;
  write.item = Below(random, kItems);
  const uint32_t kind = Below(random, 100);
  if (kind >= 25) write.state = RandomState(random);
  write.intent = kind < 45   ? WriteIntent::kInsert
                 : kind < 65 ? WriteIntent::kUpdate
                             : WriteIntent::kUpsert;
  return write;
}

Step RandomRead(Random* random) {
  if (Percent(random, 35)) return ReadItem{Below(random, kItems), {}};
  ScanStep step;
  Scan& scan = step.scan;
  scan.by_key = Percent(random, 30);
  scan.low = static_cast<int32_t>(Below(random, kGroups));
  scan.high = scan.low + 1 + static_cast<int32_t>(Below(random, kGroups));
  scan.reverse = Percent(random, 40);
  scan.limit = Percent(random, 50) ? 1 + Below(random, 2) : 0;
  step.covered = Percent(random, 50);
  return step;
}

Script RandomScript(Random* random) {
  Script script;
  const uint32_t kind = Below(random, 100);
  script.kind = kind < 80   ? ClientKind::kTransaction
                : kind < 90 ? ClientKind::kView
                            : ClientKind::kBatch;
  script.commits = !Percent(random, 10);
  size_t savepoints = 0;
  for (uint32_t n = 1 + Below(random, 4); n > 0; --n) {
    if (script.kind == ClientKind::kBatch) {
      script.steps.emplace_back(RandomWrite(random));
    } else if (script.kind == ClientKind::kView || Percent(random, 45)) {
      script.steps.push_back(RandomRead(random));
    } else if (savepoints > 0 && Percent(random, 20)) {
      script.steps.emplace_back(GoBack{Below(random, static_cast<uint32_t>(savepoints)), false});
    } else if (Percent(random, 15)) {
      script.steps.emplace_back(SetSavepoint{});
      ++savepoints;
    } else {
      script.steps.emplace_back(RandomWrite(random));
    }
  }
  return script;
}

// How many orders there are, or some number above `max`.
size_t CountOrders(const std::vector<Script>& scripts, size_t max) {
  size_t count = 1;
  size_t placed = 0;
  for (const Script& script : scripts) {
    for (size_t turn = 1; turn <= script.turns(); ++turn) {
      // Stays whole: a product of consecutive binomial coefficients.
      count = count * ++placed / turn;
      if (count > max) return count;
    }
  }
  return count;
}

}  // namespace

size_t Script::turns() const {
  switch (kind) {
    case ClientKind::kTransaction:
      return steps.size() + 1;
    case ClientKind::kView:
      return steps.size();
    case ClientKind::kBatch:
      return 1;
  }
  return 0;
}

uint32_t Below(Random* random, uint32_t n) {
  return std::uniform_int_distribution<uint32_t>(0, n - 1)(*random);
}

std::vector<Script> RandomScripts(Random* random) {
  std::vector<Script> scripts;
  for (uint32_t n = 2 + Below(random, 2); n > 0; --n) scripts.push_back(RandomScript(random));
  return scripts;
}

ItemTable RandomItems(Random* random) {
  ItemTable items;
  for (uint32_t item = 0; item < kItems; ++item) {
    if (Percent(random, 40)) continue;
    ItemState state = RandomState(random);
    const auto holds = [&](const auto& other) { return other.second.code == state.code; };
    if (std::any_of(items.begin(), items.end(), holds)) state.code.reset();
    items[item] = state;
  }
  return items;
}

Orders::Orders(const std::vector<Script>& scripts, size_t all_max, size_t sampled, Random* random)
    : random_(random), left_(sampled) {
  for (size_t client = 0; client < scripts.size(); ++client) {
    order_.insert(order_.end(), scripts[client].turns(), client);
  }
  all_ = CountOrders(scripts, all_max) <= all_max;
}

bool Orders::Next() {
  if (!all_) {
    if (left_ == 0) return false;
    --left_;
    std::shuffle(order_.begin(), order_.end(), *random_);
    return true;
  }
  if (!begun_) {
    begun_ = true;
    return true;
  }
  return std::next_permutation(order_.begin(), order_.end());
}

std::string ToText(const Step& step) {
  if (const auto* read = std::get_if<ReadItem>(&step)) return ToText(Operation(*read));
  if (const auto* write = std::get_if<WriteItem>(&step)) return ToText(Operation(*write));
  if (const auto* scan = std::get_if<ScanStep>(&step)) {
    return ToText(Operation(scan->scan)) + (scan->covered ? " covered" : "");
  }
  if (std::holds_alternative<SetSavepoint>(step)) return "set a savepoint";
  const auto& back = std::get<GoBack>(step);
  return absl::StrCat("go back to savepoint ", back.savepoint, back.refused ? " (refused)" : "");
}

std::string ToText(const std::vector<Script>& scripts) {
  constexpr const char* kKinds[] = {"transaction", "view", "batch"};
  std::string text;
  for (size_t client = 0; client < scripts.size(); ++client) {
    const Script& script = scripts[client];
    absl::StrAppend(&text, "\n  client ", client, ", ", kKinds[static_cast<size_t>(script.kind)],
                    script.commits ? "" : ", abandoned", ":");
    for (const Step& step : script.steps) absl::StrAppend(&text, "\n    ", ToText(step));
  }
  return text;
}

}  // namespace daftar::torture
