// A state with changes laid over it against a std::map with the same changes.
#include "storage/overlay.h"

#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <memory>
#include <random>
#include <string>

#include "storage/reader_check.h"
#include "support/status_matchers.h"

namespace daftar::testing {
namespace {

using storage::PendingChanges;

std::shared_ptr<PendingChanges> Changes(const std::map<std::string, const char*>& values) {
  auto changes = std::make_shared<PendingChanges>();
  for (const auto& [key, value] : values) {
    changes->Set(key, value == nullptr ? std::nullopt : std::optional<std::string_view>(value));
  }
  return changes;
}

TEST_CASE("overlay: shows what is put and hides what is deleted", "[storage]") {
  Backend backend(BackendKind::kMemory);
  for (const char* key : {"a", "b", "c"}) {
    REQUIRE_OK(backend.store().Write(PutBatch(key, "old"), storage::Durability::kBuffered));
  }
  const auto base = storage::NewSnapshotReader(backend.store());
  const auto changes = Changes({{"a", nullptr}, {"b", "new"}, {"bb", "new"}, {"d", nullptr}});
  const auto reader = storage::NewOverlayReader(base, changes);
  CHECK(Contents(*reader) == Model{{"b", "new"}, {"bb", "new"}, {"c", "old"}});
  CHECK(Contents(*base) == Model{{"a", "old"}, {"b", "old"}, {"c", "old"}});
  CHECK(Contents(*storage::NewOverlayReader(base, Changes({}))) == Contents(*base));
}

TEST_CASE("overlay: an iterator goes on from where it is sought to after its end", "[storage]") {
  const bool reverse = GENERATE(false, true);
  CAPTURE(reverse);
  Backend backend(BackendKind::kMemory);
  REQUIRE_OK(backend.store().Write(PutBatch("b", "old"), storage::Durability::kBuffered));
  const auto reader = storage::NewOverlayReader(storage::NewSnapshotReader(backend.store()),
                                                Changes({{"a", "new"}, {"c", "new"}}));
  const auto iterator = reader->NewIterator({}, {.reverse = reverse});
  for (int round = 0; round < 2; ++round) {
    int count = 0;
    while (iterator->Next().value()) ++count;
    CHECK(count == (round == 0 ? 3 : 2));
    CHECK(!iterator->Next().value());
    iterator->Seek("b");
  }
}

// Writes and pending changes at random, one or two layers of them.
class Simulation {
 public:
  Simulation(BackendKind kind, unsigned seed) : backend_(kind), random_(seed) {}

  void Run() {
    ReaderCheck check(&random_, [this] { return Key(); });
    for (int round = 0; round < 300; ++round) {
      CAPTURE(round);
      WriteBase();
      Model model = base_;
      auto reader = storage::NewSnapshotReader(backend_.store());
      for (int layers = 1 + Below(2); layers > 0; --layers) {
        reader = storage::NewOverlayReader(std::move(reader), RandomChanges(&model));
      }
      if (Below(3) == 0) WriteBase();  // which the snapshot must not show
      REQUIRE(Contents(*reader) == model);
      for (int reads = 0; reads < 40; ++reads) {
        CAPTURE(reads);
        check.Read(*reader, model);
      }
    }
  }

 private:
  int Below(int limit) { return std::uniform_int_distribution<int>(0, limit - 1)(random_); }

  // Few and short, so that base and changes meet; any byte.
  std::string Key() {
    static constexpr char kBytes[] = {'\0', 'a', 'b', '\xff'};
    std::string key(static_cast<size_t>(Below(4)), '\0');
    for (char& c : key) c = kBytes[Below(4)];
    return key;
  }

  void WriteBase() {
    storage::Batch batch;
    for (int count = Below(20); count > 0; --count) {
      const std::string key = Key();
      if (Below(3) == 0) {
        batch.Delete(key);
        base_.erase(key);
      } else {
        base_[key] = "base " + std::to_string(Below(1000));
        batch.Put(key, base_[key]);
      }
    }
    REQUIRE_OK(backend_.store().Write(batch, storage::Durability::kBuffered));
  }

  std::shared_ptr<PendingChanges> RandomChanges(Model* model) {
    auto changes = std::make_shared<PendingChanges>();
    for (int count = Below(20); count > 0; --count) {
      const std::string key = Key();
      if (Below(2) == 0) {
        changes->Set(key, std::nullopt);
        model->erase(key);
      } else {
        const std::string value = "change " + std::to_string(Below(1000));
        changes->Set(key, value);
        (*model)[key] = value;
      }
    }
    return changes;
  }

  Backend backend_;
  std::mt19937 random_;
  Model base_;
};

TEST_CASE("overlay: agrees with std::map over random changes", "[storage][property]") {
  const BackendKind kind = GENERATE(BackendKind::kMemory, BackendKind::kRocks);
  const unsigned seed = Catch::getSeed();
  CAPTURE(ToString(kind), seed);
  Simulation(kind, seed).Run();
}

}  // namespace
}  // namespace daftar::testing
