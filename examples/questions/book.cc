#include "book.h"

#include <fstream>
#include <iterator>

namespace questions {
namespace {

using daftar::Value;

// Tables and the files that fill them, from the folder `examples`.
constexpr std::pair<const char*, const char*> kFiles[] = {
    {"authority", "data/authorities.csv"}, {"zone", "data/zones.csv"},
    {"crossing", "data/crossings.csv"},    {"session", "data/sessions.csv"},
    {"decision", "data/decisions.csv"},    {"park", "book/park.jsonl"},
    {"firm", "book/firm.jsonl"},           {"shareholding", "book/shareholding.jsonl"},
    {"project", "book/project.jsonl"},     {"investment", "book/investment.jsonl"},
    {"plot", "book/plot.jsonl"},           {"lease", "book/lease.jsonl"},
    {"permit", "book/permit.jsonl"},       {"permit_event", "book/permit_event.jsonl"},
    {"incentive", "book/incentive.jsonl"}};

std::string ReadText(const std::string& name) {
  std::ifstream file(name);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

void Need(const absl::Status& status) {
  if (status.ok()) return;
  std::cerr << "questions: " << status.message() << "\n";
  std::exit(1);
}

Book::Book(const std::string& directory, const std::string& examples)
    : examples_(examples),
      database_(Need(daftar::Database::Create(directory, daftar::SchemaFile{}))) {
  const std::string map = ReadText(File("maps/examples.json"));
  for (const auto& [table, name] : kFiles) {
    daftar::ImportOptions options;
    // Files of other people come in through a map; ours have the form of records.
    if (std::string_view(name).ends_with(".csv")) options.map = map;
    Need(database_->Import(table, File(name), options));
  }
}

void Book::Question(int number, std::string_view text) {
  std::cout << "\n" << number << ". " << text << "\n";
}

std::vector<Row> Book::Ask(const daftar::Query& query) {
  daftar::Cursor cursor = Need(database_->Run(query));
  std::vector<Row> rows;
  while (Need(cursor.Next())) rows.push_back(cursor.values());
  // Each line of the plan is marked, so that answers stand out.
  std::string plan = cursor.Explain();
  while (!plan.empty()) {
    const size_t end = plan.find('\n');
    std::cout << "  > " << plan.substr(0, end) << "\n";
    plan.erase(0, end == std::string::npos ? end : end + 1);
  }
  const daftar::QueryCounts counts = cursor.counts();
  std::cout << "  > " << counts.entries_read << " entries read, " << counts.records_fetched
            << " records fetched, " << rows.size() << " rows\n";
  return rows;
}

Value Book::Look(const std::string& table, const Value& key, const std::string& path) {
  const auto record = Need(database_->Find(table, {key}));
  return record.has_value() ? Need(record->Get(path)) : Value();
}

void Say(const Row& row) {
  std::string line;
  for (const Value& value : row) {
    line += line.empty() ? "" : "  ";
    line += value.is_null() ? "-" : value.ToString();
  }
  std::cout << line << "\n";
}

void SayAll(const std::vector<Row>& rows) {
  for (const Row& row : rows) Say(row);
}

int32_t DayOf(const Value& value) { return value.get_if<daftar::Date>()->days; }
int64_t IntegerOf(const Value& value) { return *value.get_if<int64_t>(); }

}  // namespace questions
