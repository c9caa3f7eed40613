// Sinks that stand for a database in tests of the import.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "io/import.h"
#include "record/json_value.h"

namespace daftar::io {

// Keeps records as JSON text.
class TestSink : public RecordSink {
 public:
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

class CountingSink : public RecordSink {
 public:
  absl::Status Add(std::span<const record::JsonValue> added, uint64_t) override {
    count += added.size();
    return absl::OkStatus();
  }
  absl::Status Finish() override { return absl::OkStatus(); }

  uint64_t count = 0;
};

}  // namespace daftar::io
