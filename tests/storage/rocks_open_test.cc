// Opening: what is refused and with which words, and reading beside a writer.
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <string>

#include "storage/backend.h"
#include "support/status_matchers.h"

namespace daftar::testing {
namespace {

using storage::Durability;
using storage::OpenRocksStore;

TEST_CASE("open: refuses what is not there, or is", "[storage][unit]") {
  TempDir directory;
  CHECK_THAT(OpenRocksStore(directory.path(), {}),
             StatusIs(absl::StatusCode::kNotFound, "directory=" + directory.path().string()));
  CHECK_THAT(OpenRocksStore(directory / "missing", {}),
             StatusIs(absl::StatusCode::kNotFound, "there is no database"));
  CHECK_THAT(OpenRocksStore(directory / "missing", {.read_only = true}),
             StatusIs(absl::StatusCode::kNotFound, "there is no database"));
  CHECK_FALSE(std::filesystem::exists(directory / "missing"));
  CHECK_THAT(OpenRocksStore(directory / "missing/deeper", {.create_if_missing = true}),
             StatusIs(absl::StatusCode::kNotFound, "cannot make the database directory"));
  CHECK_THAT(OpenRocksStore(directory.path(), {.create_if_missing = true, .read_only = true}),
             StatusIs(absl::StatusCode::kInvalidArgument, "reading only"));
  {
    REQUIRE_OK_AND_ASSIGN(auto store,
                          OpenRocksStore(directory / "new/", {.create_if_missing = true}));
  }
  CHECK_THAT(OpenRocksStore(directory / "new", {.error_if_exists = true}),
             StatusIs(absl::StatusCode::kAlreadyExists, "directory="));
  WriteFile(directory / "file", "text");
  CHECK_THAT(OpenRocksStore(directory / "file", {.create_if_missing = true}),
             StatusIs(absl::StatusCode::kNotFound, "Not a directory"));
}

TEST_CASE("open: finishes a creation that was interrupted", "[storage][fault]") {
  TempDir directory;
  WriteFile(directory / "MANIFEST-000001", "half written");
  REQUIRE_OK_AND_ASSIGN(const auto store,
                        OpenRocksStore(directory.path(), {.create_if_missing = true}));
  CHECK(Contents(*store).empty());
}

TEST_CASE("open: refuses a second opener in this process, also by another name",
          "[storage][unit]") {
  Backend backend(BackendKind::kRocks);
  const auto link = std::filesystem::path(backend.directory().string() + "-link");
  std::filesystem::create_directory_symlink(backend.directory(), link);
  for (const std::filesystem::path& name : {backend.directory(), backend.directory() / ".", link}) {
    CAPTURE(name);
    CHECK_THAT(
        OpenRocksStore(name, SmallRocksOptions()),
        StatusIs(absl::StatusCode::kFailedPrecondition,
                 "database is in use by this process; directory=" + backend.directory().string()));
  }
  std::filesystem::remove(link);
  backend.Reopen();
}

TEST_CASE("open: names the other process that holds the database", "[storage][unit]") {
  Backend backend(BackendKind::kRocks);
  backend.Close();
  const std::string lock = (backend.directory() / "LOCK").string();
  int ready[2];
  REQUIRE(pipe(ready) == 0);
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {  // Only system calls here: the parent may have had threads.
    const int file = open(lock.c_str(), O_RDWR);
    struct flock whole = {};
    whole.l_type = F_WRLCK;
    whole.l_whence = SEEK_SET;
    const char locked = fcntl(file, F_SETLK, &whole) == 0 ? 'y' : 'n';
    if (write(ready[1], &locked, 1) == 1) pause();
    _exit(0);
  }
  char locked = 'n';
  REQUIRE(read(ready[0], &locked, 1) == 1);
  const auto refused = OpenRocksStore(backend.directory(), SmallRocksOptions());
  const bool readable = OpenRocksStore(backend.directory(), {.read_only = true}).ok();
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  close(ready[0]);
  close(ready[1]);
  CHECK(locked == 'y');
  CHECK_THAT(refused, StatusIs(absl::StatusCode::kFailedPrecondition,
                               "database is in use by another process; directory=" +
                                   backend.directory().string()));
  if (std::filesystem::exists("/proc/locks")) {
    CHECK_THAT(refused,
               StatusIs(absl::StatusCode::kFailedPrecondition, "; pid=" + std::to_string(child)));
  }
  CHECK(readable);
  backend.Reopen();
}

TEST_CASE("open: reads beside a writer and refuses to write", "[storage][unit]") {
  Backend backend(BackendKind::kRocks);
  REQUIRE_OK(backend.store().Write(PutBatch("a", "1"), Durability::kSynced));
  REQUIRE_OK_AND_ASSIGN(const auto reader,
                        OpenRocksStore(backend.directory(), {.read_only = true}));
  REQUIRE_OK(backend.store().Write(PutBatch("b", "2"), Durability::kSynced));
  CHECK(Contents(*reader) == Model{{"a", "1"}});
  const auto refused = StatusIs(absl::StatusCode::kFailedPrecondition, "open for reading only");
  CHECK_THAT(reader->Write(PutBatch("c", "3"), Durability::kSynced), refused);
  CHECK_THAT(reader->Sync(), refused);
  CHECK_THAT(reader->NewBulkWriter(), refused);
  CHECK(Contents(backend.store()) == Model{{"a", "1"}, {"b", "2"}});
}

TEST_CASE("open: a reader changes nothing in the directory", "[storage][unit]") {
  Backend backend(BackendKind::kRocks);
  REQUIRE_OK(backend.store().Write(PutBatch("a", "1"), Durability::kSynced));
  backend.Close();
  const auto listing = [&] {
    std::map<std::string, std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator(backend.directory())) {
      files[entry.path().filename().string()] = ReadFile(entry.path());
    }
    return files;
  };
  const auto before = listing();
  {
    REQUIRE_OK_AND_ASSIGN(const auto reader,
                          OpenRocksStore(backend.directory(), {.read_only = true}));
    CHECK(Contents(*reader) == Model{{"a", "1"}});
  }
  CHECK(listing() == before);
}

}  // namespace
}  // namespace daftar::testing
