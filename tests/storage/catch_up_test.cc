// A store that follows another one, which writes, while that one removes logs.
#include <rocksdb/file_system.h>

#include <catch2/catch_test_macros.hpp>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "storage/backend.h"
#include "support/status_matchers.h"

namespace daftar::testing {
namespace {

using storage::Durability;
using storage::OpenRocksStore;

// Says when a log is about to be opened for reading.
class LogHook final : public rocksdb::FileSystemWrapper {
 public:
  LogHook() : FileSystemWrapper(rocksdb::FileSystem::Default()) {}
  const char* Name() const override { return "LogHook"; }

  // Calls `hook` once, before the next log is opened.
  void Arm(std::function<void()> hook) { hook_ = std::move(hook); }
  bool armed() const { return hook_ != nullptr; }

  rocksdb::IOStatus NewSequentialFile(const std::string& path, const rocksdb::FileOptions& options,
                                      std::unique_ptr<rocksdb::FSSequentialFile>* file,
                                      rocksdb::IODebugContext* debug) override {
    if (armed() && absl::EndsWith(path, ".log")) std::exchange(hook_, nullptr)();
    return target()->NewSequentialFile(path, options, file, debug);
  }

 private:
  std::function<void()> hook_;
};

size_t CountLogs(const std::filesystem::path& directory) {
  size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    if (entry.path().extension() == ".log") ++count;
  }
  return count;
}

TEST_CASE("catch-up: says so when a log goes away before it was read", "[storage][unit]") {
  Backend backend(BackendKind::kRocks);
  storage::Store& writer = backend.store();
  REQUIRE_OK(writer.Write(PutBatch("a", "1"), Durability::kSynced));
  const auto hook = std::make_shared<LogHook>();
  REQUIRE_OK_AND_ASSIGN(
      const auto reader,
      OpenRocksStore(backend.directory(), {.read_only = true, .file_system = hook}));
  // A log that the reader has not seen yet, with a key that it has not seen either.
  REQUIRE_OK(writer.Compact({}, nullptr));
  REQUIRE_OK(writer.Write(PutBatch("b", "2"), Durability::kSynced));
  hook->Arm([&] {
    // Its key goes into a file, and the log away.
    REQUIRE_OK(writer.Compact({}, nullptr));
    REQUIRE(CountLogs(backend.directory()) == 1);
    REQUIRE_OK(writer.Write(PutBatch("c", "3"), Durability::kSynced));
  });
  CHECK_THAT(reader->CatchUp(),
             StatusIs(absl::StatusCode::kUnavailable, "removed a log meanwhile; call it again"));
  CHECK_FALSE(hook->armed());
  REQUIRE_OK(reader->CatchUp());
  CHECK(Contents(*reader) == Model{{"a", "1"}, {"b", "2"}, {"c", "3"}});
}

}  // namespace
}  // namespace daftar::testing
