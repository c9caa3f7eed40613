// daftar_bench_extension: one decision that extends very many permits, in one statement and one
// commit, under the rules of a zone authority. README.md says how to read what it prints.

#include <atomic>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <memory>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "bench/must.h"
#include "bench/options.h"
#include "bench/samples.h"
#include "bench/workspace.h"
#include "daftar/database.h"
#include "daftar/sql.h"

namespace daftar::bench {
namespace {

constexpr size_t kMemoryBytes = size_t{128} << 20;
constexpr uint64_t kPermitsPerFirm = 4;
constexpr const char* kExtend =
    "UPDATE permit SET originalValidTo = validTo, validTo = ?, stateSince = ? "
    "WHERE state = 'active' AND validTo < ?";

struct Options {
  uint64_t rows = 100000;
  int repetitions = 3;
  std::filesystem::path folder = std::filesystem::temp_directory_path();
};

void Write(const std::filesystem::path& file, uint64_t count, const auto& line) {
  std::ofstream out(file);
  for (uint64_t i = 0; i < count; ++i) out << line(i) << "\n";
  if (!out.flush()) Fail("cannot write " + file.string());
}

std::string FirmNo(uint64_t number) { return absl::StrFormat("SYN-F%07d", number); }

std::string FirmLine(uint64_t number) {
  return absl::StrCat(R"({"registryNo":")", FirmNo(number), R"(","names":[{"text":"Firm )", number,
                      R"("}],"status":"active","source":"synthetic"})");
}

std::string PermitLine(uint64_t number, uint64_t firms) {
  constexpr const char* kZones[] = {"IR-CHABAHAR", "IR-KISH", "IR-ARAS", "PK-GWADAR-FZ"};
  return absl::StrFormat(
      R"({"no":"SYN-L%08d","authority":"SYN","kind":"operation","year":1403,"serial":%d,)"
      R"("firm":"%s","zone":"%s","state":"active","stateSince":"2024-%02d-%02d",)"
      R"("validFrom":"2024-01-01","validTo":"2026-%02d-%02d","activities":[{"scheme":"isic",)"
      R"("version":"4","code":"2394"}],"source":"synthetic"})",
      number, number, FirmNo(number % firms), kZones[number % 4], 1 + number % 12, 1 + number % 28,
      1 + number * 7 % 3, 1 + number * 11 % 28);
}

// The registry under its rules, with an officer who may extend and the decision to do so.
std::unique_ptr<Database> NewBook(const std::filesystem::path& folder, uint64_t rows) {
  auto database = Must(Database::Create(folder / "book", SchemaFile{},
                                        OpenOptions{.memory_budget_bytes = kMemoryBytes}));
  const std::filesystem::path file = folder / "rows.jsonl";
  const uint64_t firms = rows / kPermitsPerFirm + 1;
  Write(file, firms, FirmLine);
  Must(database->Import("firm", file, ImportOptions{}));
  Write(file, rows, [firms](uint64_t i) { return PermitLine(i, firms); });
  Must(database->Import("permit", file, ImportOptions{}));
  std::filesystem::remove(file);
  Must(database->Put("decision", R"({"body":"BOARD","session":"31","no":"2",)"
                                 R"("decidedOn":"2025-11-20","source":"synthetic"})"));
  Must(database->ApplySchema(SchemaFile{DAFTAR_BENCH_ZONE_RULES, {}}, SchemaChangeOptions{}));
  CommitOptions registrar;
  registrar.actor = "registrar";
  registrar.decision = "BOARD/31/2";
  Must(database->Put("officer", R"({"actor":"board","role":"board","sequence":1})",
                     WriteIntent::kInsert, registrar));
  return database;
}

SqlConnection Connect(Database& database, bool writable) {
  SqlOptions options;
  options.writable = writable;
  options.commit.actor = "board";
  options.commit.decision = "BOARD/31/2";
  return Must(SqlConnection::Open(database, options));
}

// Counts, again and again, how many permits run to a day: always none or all.
class Reader {
 public:
  Reader(Database* database, uint64_t rows, std::string day)
      : database_(database), rows_(rows), day_(std::move(day)), thread_([this] { Run(); }) {}
  // How often it has counted. Ends the program when it has seen a part of them.
  uint64_t Stop() {
    stop_ = true;
    thread_.join();
    if (partial_ > 0) Fail(absl::StrCat("a reader saw ", partial_.load(), " of the permits"));
    return counts_;
  }

 private:
  void Run() {
    SqlConnection sql = Connect(*database_, false);
    SqlStatement count = Must(sql.Prepare("SELECT count(*) FROM permit WHERE validTo = ?"));
    Must(count.Bind(1, Value(day_)));
    while (!stop_) {
      Must(count.Next());
      const auto found = static_cast<uint64_t>(*count.value(0).get_if<int64_t>());
      count.Reset();
      if (found != 0 && found != rows_) partial_ = found;
      ++counts_;
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
  }

  Database* const database_;
  const uint64_t rows_;
  const std::string day_;
  std::atomic<bool> stop_ = false;
  std::atomic<uint64_t> counts_ = 0;
  std::atomic<uint64_t> partial_ = 0;
  std::thread thread_;
};

int Run(const Options& options) {
  const Workspace workspace(options.folder);
  std::printf("machine: %s\noptions: %llu permits, %d repetitions, in %s\n", MachineName().c_str(),
              static_cast<unsigned long long>(options.rows), options.repetitions,
              options.folder.c_str());
  const std::unique_ptr<Database> database = NewBook(workspace.folder(), options.rows);
  Samples seconds;
  uint64_t counted = 0;
  for (int i = 0; i < options.repetitions; ++i) {
    const std::string day = absl::StrFormat("%d-06-30", 2027 + i);
    SqlConnection sql = Connect(*database, true);
    SqlStatement extend = Must(sql.Prepare(kExtend));
    Must(extend.Bind(1, Value(day)));
    // As the act's day it changes each time, and the index by it, too.
    Must(extend.Bind(2, Value(absl::StrFormat("2025-12-%02d", 1 + i % 28))));
    Must(extend.Bind(3, Value(day)));
    Reader reader(database.get(), options.rows, day);
    const CommitVersion before = database->View().version();
    const auto begun = std::chrono::steady_clock::now();
    Must(extend.Next());
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
    counted += reader.Stop();
    if (static_cast<uint64_t>(extend.rows_changed()) != options.rows ||
        sql.last_commit()->value() != before.value() + 1) {
      Fail("not all permits were extended by one commit");
    }
    seconds.Add(took.count());
  }
  std::printf("\nall permits extended by one commit: median seconds (least to most)\n  %s\n",
              seconds.ToString().c_str());
  std::printf("a reader counted %llu times meanwhile and saw none or all\n",
              static_cast<unsigned long long>(counted));
  return 0;
}

Options OptionsOf(int argc, char** argv) {
  Options options;
  CLI::App app;
  app.add_option("--rows", options.rows);
  app.add_option("--repetitions", options.repetitions);
  app.add_option("--folder", options.folder);
  Parse(&app, argc, argv);
  if (options.rows == 0 || options.repetitions < 1) Fail("options out of range");
  return options;
}

}  // namespace
}  // namespace daftar::bench

int main(int argc, char** argv) {
  daftar::bench::RequireMeasurable();
  return daftar::bench::Run(daftar::bench::OptionsOf(argc, argv));
}
