#include <gtest/gtest.h>

#include <fstream>

#include "../corruption.h"
#include "trace/frame.h"
#include "trace/text.h"

namespace kerasan::trace {
namespace {

struct TempFile {
  std::string path = ::testing::TempDir() + "kerasan_text_" + std::to_string(::getpid());
  explicit TempFile(const std::string& bytes) { std::ofstream(path, std::ios::binary) << bytes; }
  ~TempFile() { ::unlink(path.c_str()); }
};

std::string round_trip(const std::string& bytes) {
  const TempFile file(bytes);
  std::stringstream text;
  std::ostringstream back;
  EXPECT_FALSE(to_text(file.path, text).any());
  from_text(text, back);
  return back.str();
}

TEST(TraceText, RoundTripsByteForByte) {
  EXPECT_EQ(round_trip(testing::sample_trace().bytes), testing::sample_trace().bytes);
}

TEST(TraceText, KeepsTheJsonExactlyAsWritten) {
  const std::byte raw[5]{std::byte{1}};
  std::string bytes = file_header();
  for (const char* json : {R"({"z" : 1.50, "a":[1e2,  "}\",{"] })", "{\n\"a\":1}", "{}", "not json",
                           "", R"({"a":"é \u00e9"})", " {} "})
    bytes += frame(kEventFrame, 0xFFFFFFFF, json, {});
  bytes += frame(kEventFrame, 3, "{}", raw);
  bytes += frame(kTensorFrame, 3, R"({"shape":[5],"dtype":"int8","digest":"x"})", raw);
  bytes += frame(77, 3, "{}", raw);
  EXPECT_EQ(round_trip(bytes), bytes);
}

TEST(TraceText, ReadsWhatAPersonWrites) {
  std::istringstream text(
      "{\"kerasan\":\"trace\",\"version\":1}\n\n"
      "{ \"event\": {\"kind\": \"end\"} , \"stream\": 5 }\n"
      "{\"stream\":5,\"tensor\":{\"digest\":\"d\",\"dtype\":\"uint8\",\"shape\":[3]},\"data\":"
      "\"AQID\"}\n");
  std::ostringstream out;
  from_text(text, out);
  const auto outcome = testing::read_all(out.str());
  ASSERT_EQ(outcome.events.size(), 1U);
  EXPECT_EQ(outcome.events[0]["kind"], "end");
  EXPECT_FALSE(outcome.loss.any());
}

TEST(TraceText, NamesTheLineAtFault) {
  const std::string first = "{\"kerasan\":\"trace\",\"version\":1}\n";
  for (const char* line :
       {"", "x", "[]", "{}", "{\"stream\":-1,\"event\":{}}", "{\"stream\":1,\"event\":{}",
        "{\"stream\":1}", "{\"stream\":1,\"tensor\":{},\"data\":\"A\"}", "{\"frame\":3}",
        "{\"a\\\"b\":1}"}) {
    std::istringstream text(first + "{\"stream\":1,\"event\":{}}\n" + line + "\n");
    std::ostringstream out;
    if (*line == '\0') {
      EXPECT_NO_THROW(from_text(text, out));
      continue;
    }
    try {
      from_text(text, out);
      ADD_FAILURE() << line;
    } catch (const InputError& error) {
      EXPECT_NE(std::string(error.what()).find("line 3"), std::string::npos) << error.what();
    }
  }
  std::istringstream empty;
  std::ostringstream out;
  EXPECT_THROW(from_text(empty, out), InputError);
}

}  // namespace
}  // namespace kerasan::trace
