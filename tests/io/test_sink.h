// Sinks that stand for a database in tests of the import.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "io/import.h"
#include "record/json_value.h"

namespace daftar::io {

// Rows as JSON: cells are for Append() to take.
class JsonRows : public SinkRows {
 public:
  void Clear() override { rows_.clear(); }
  absl::Status Append(std::span<const record::JsonValue> records) override {
    rows_.emplace_back(records.begin(), records.end());
    return absl::OkStatus();
  }
  bool AppendCells(std::span<const std::string_view>) override { return false; }

  const std::vector<record::JsonValue>& row(size_t number) const { return rows_[number]; }

 private:
  std::vector<std::vector<record::JsonValue>> rows_;
};

// Takes records as JSON.
class JsonSink : public RecordSink {
 public:
  std::unique_ptr<SinkRows> NewRows(std::span<const std::string>) override {
    return std::make_unique<JsonRows>();
  }
  absl::Status Add(const SinkRows& rows, size_t row, uint64_t line) override {
    return Add(static_cast<const JsonRows&>(rows).row(row), line);
  }
  virtual absl::Status Add(std::span<const record::JsonValue> added, uint64_t line) = 0;
};

// Keeps records as JSON text.
class TestSink : public JsonSink {
 public:
  using JsonSink::Add;
  absl::Status Add(std::span<const record::JsonValue> added, uint64_t line) override {
    std::vector<std::string> texts;
    for (const record::JsonValue& value : added) {
      if (refuse) {
        const absl::Status status = refuse(value);
        if (!status.ok()) return status;
      }
      record::AppendJson(value, &texts.emplace_back());
    }
    for (std::string& text : texts) records.push_back(std::move(text));
    lines.push_back(line);
    return absl::OkStatus();
  }
  absl::Status Finish() override {
    finished = at_finish.ok();
    return at_finish;
  }

  // Refuses records when set.
  std::function<absl::Status(const record::JsonValue&)> refuse;
  // What Finish() answers.
  absl::Status at_finish;
  std::vector<std::string> records;
  std::vector<uint64_t> lines;
  bool finished = false;
};

class CountingSink : public JsonSink {
 public:
  using JsonSink::Add;
  absl::Status Add(std::span<const record::JsonValue> added, uint64_t) override {
    count += added.size();
    return absl::OkStatus();
  }
  absl::Status Finish() override { return absl::OkStatus(); }

  uint64_t count = 0;
};

}  // namespace daftar::io
