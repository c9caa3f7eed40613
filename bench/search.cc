// daftar_bench_search: names found in Daftar and in SQLite's FTS5 with its trigram tokenizer.
// README.md says how to read what it prints.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "bench/must.h"
#include "bench/names.h"
#include "bench/options.h"
#include "bench/samples.h"
#include "bench/sqlite.h"
#include "bench/workspace.h"
#include "daftar/database.h"

namespace daftar::bench {
namespace {

struct Options {
  uint64_t rows = 100000;
  int queries = 200;
  std::filesystem::path folder = std::filesystem::temp_directory_path();
};

constexpr uint64_t kSeed = 1;
constexpr size_t kHits = 10;

struct Asked {
  std::string text;
  std::string expected;  // the number of the firm whose name it was made of; empty: none
};

struct Task {
  const char* name;
  SearchMode mode;
  std::vector<Asked> asked;
};

double MillisSince(std::chrono::steady_clock::time_point started) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - started)
      .count();
}

std::string NumberOf(uint64_t row) { return absl::StrCat("F", row); }

// Writes the names and makes questions of some of them.
std::vector<Task> MakeNames(const std::filesystem::path& file, const Options& options) {
  NameMaker maker(kSeed);
  std::vector<Task> tasks = {{"4 letters inside", SearchMode::kSubstring, {}},
                             {"6 letters inside", SearchMode::kSubstring, {}},
                             {"a word", SearchMode::kWord, {}},
                             {"the name", SearchMode::kAny, {}},
                             {"the name, misspelled", SearchMode::kAny, {}},
                             {"the name, other script", SearchMode::kAny, {}}};
  std::ofstream out(file, std::ios::binary);
  out << "no,name\n";
  const uint64_t step =
      std::max<uint64_t>(1, options.rows / static_cast<uint64_t>(options.queries));
  for (uint64_t row = 0; row < options.rows; ++row) {
    const auto words = maker.Words();
    const bool arabic = maker.Below(2) == 0;
    out << NumberOf(row) << ',' << maker.Name(words, arabic) << '\n';
    if (row % step != 0) continue;
    tasks[0].asked.push_back({maker.Part(words, arabic, 4), ""});
    tasks[1].asked.push_back({maker.Part(words, arabic, 6), ""});
    tasks[2].asked.push_back({arabic ? words[0]->arabic : words[0]->latin, ""});
    tasks[3].asked.push_back({maker.Name(words, arabic), NumberOf(row)});
    if (!arabic) tasks[4].asked.push_back({maker.Misspelled(words), NumberOf(row)});
    tasks[5].asked.push_back({maker.Name(words, !arabic), NumberOf(row)});
  }
  out.close();
  if (!out) Fail("cannot write " + file.string());
  return tasks;
}

SqliteHandle NewSqlite(const std::filesystem::path& file, const std::filesystem::path& names) {
  SqliteHandle database = OpenSqlite(file);
  Execute(database.get(), R"sql(
    PRAGMA journal_mode = WAL;
    PRAGMA cache_size = -131072;
    CREATE VIRTUAL TABLE firm USING fts5(no UNINDEXED, name, tokenize = 'trigram');
    BEGIN;
  )sql");
  SqliteStatement insert(database.get(), "INSERT INTO firm VALUES (?, ?)");
  std::ifstream in(names);
  std::string line;
  std::getline(in, line);
  while (std::getline(in, line)) {
    const size_t comma = line.find(',');
    const std::string no = line.substr(0, comma);
    const std::string name = line.substr(comma + 1);
    insert.Bind(no).Bind(name).Step();
  }
  Execute(database.get(), "COMMIT; INSERT INTO firm(firm) VALUES ('optimize')");
  return database;
}

// What a query took, and whether the expected firm was among the hits.
struct Answers {
  Samples millis;
  size_t hits = 0;
  size_t found = 0;
};

Answers AskDaftar(const Database& database, const Task& task) {
  Answers answers;
  for (const Asked& asked : task.asked) {
    const auto started = std::chrono::steady_clock::now();
    const SearchResult result =
        Must(database.Search({.text = asked.text, .mode = task.mode, .limit = kHits}));
    answers.millis.Add(MillisSince(started));
    answers.hits += result.hits.size();
    for (const SearchHit& hit : result.hits) {
      if (hit.key[0].ToString() == asked.expected) ++answers.found;
    }
  }
  return answers;
}

Answers AskSqlite(SqliteStatement* select, const Task& task) {
  Answers answers;
  for (const Asked& asked : task.asked) {
    // One phrase for letters inside a name, all words in any order for the rest.
    const std::string separator = task.mode == SearchMode::kSubstring ? " " : "\" \"";
    const std::string match =
        absl::StrCat("\"", absl::StrReplaceAll(asked.text, {{" ", separator}}), "\"");
    const auto started = std::chrono::steady_clock::now();
    select->Bind(match);
    while (select->Step()) {
      ++answers.hits;
      if (select->Text(0) == asked.expected) ++answers.found;
    }
    answers.millis.Add(MillisSince(started));
  }
  return answers;
}

void Print(const Task& task, const Answers& daftar, const Answers& sqlite) {
  const auto recall = [&](const Answers& answers) {
    if (task.asked.front().expected.empty()) return std::string("-");
    char text[16];
    std::snprintf(text, sizeof text, "%.3f",
                  static_cast<double>(answers.found) / static_cast<double>(task.asked.size()));
    return std::string(text);
  };
  std::printf("  %-24s %6zu %24s %8zu %6s %24s %8zu %6s %6.2f\n", task.name, task.asked.size(),
              daftar.millis.ToString().c_str(), daftar.hits, recall(daftar).c_str(),
              sqlite.millis.ToString().c_str(), sqlite.hits, recall(sqlite).c_str(),
              sqlite.millis.median() / daftar.millis.median());
}

int Run(const Options& options) {
  const Workspace workspace(options.folder);
  const std::filesystem::path names = workspace.folder() / "names.csv";
  const std::vector<Task> tasks = MakeNames(names, options);
  auto started = std::chrono::steady_clock::now();
  const auto daftar = Must(Database::Create(workspace.folder() / "daftar",
                                            SchemaFile{DAFTAR_BENCH_SEARCH_SCHEMA, {}},
                                            OpenOptions{.memory_budget_bytes = size_t{128} << 20}));
  Must(daftar->Import("firm", names, ImportOptions{}));
  const double daftar_load = MillisSince(started);
  started = std::chrono::steady_clock::now();
  const SqliteHandle sqlite = NewSqlite(workspace.folder() / "sqlite", names);
  const double sqlite_load = MillisSince(started);
  std::printf("machine: %s\noptions: %llu names, %d queries of each kind\n", MachineName().c_str(),
              static_cast<unsigned long long>(options.rows), options.queries);
  std::printf("  loaded: Daftar %.1f s, %.0f MB; SQLite FTS5 %.1f s, %.0f MB\n", daftar_load / 1000,
              static_cast<double>(Must(daftar->Stats()).disk_bytes) / 1e6, sqlite_load / 1000,
              static_cast<double>(std::filesystem::file_size(workspace.folder() / "sqlite")) / 1e6);
  std::printf("  %-24s %6s %24s %8s %6s %24s %8s %6s %6s\n", "", "times", "Daftar ms", "hits",
              "recall", "FTS5 ms", "hits", "recall", "ratio");
  SqliteStatement ranked(sqlite.get(),
                         "SELECT no FROM firm WHERE name MATCH ? ORDER BY rank LIMIT 10");
  for (const Task& task : tasks) {
    AskDaftar(*daftar, task);  // Both are measured with what they keep in memory.
    AskSqlite(&ranked, task);
    Print(task, AskDaftar(*daftar, task), AskSqlite(&ranked, task));
  }
  return 0;
}

Options OptionsOf(int argc, char** argv) {
  Options options;
  CLI::App app;
  app.add_option("--rows", options.rows);
  app.add_option("--queries", options.queries);
  app.add_option("--folder", options.folder);
  Parse(&app, argc, argv);
  if (options.rows == 0 || options.queries < 1) Fail("options out of range");
  return options;
}

}  // namespace
}  // namespace daftar::bench

int main(int argc, char** argv) {
  daftar::bench::RequireMeasurable();
  return daftar::bench::Run(daftar::bench::OptionsOf(argc, argv));
}
