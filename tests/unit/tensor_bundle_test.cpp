// Tables, checksums and checkpoints of TensorFlow: written here, and one that TensorFlow wrote.
#include "formats/tensorflow/tensor_bundle.h"

#include <gtest/gtest.h>

#include <cstring>

#include "../tensorflow_files.h"
#include "base/error.h"
#include "formats/model_file.h"
#include "formats/reader.h"
#include "formats/tensorflow/bundle_weights.h"
#include "formats/tensorflow/crc32c.h"
#include "formats/tensorflow/slices.h"
#include "formats/tensorflow/table.h"

namespace kerasan::formats::tensorflow {
namespace {

using testing::BundleWriter;
using testing::field;
using testing::floats;
using testing::Folder;
using testing::TableWriter;

std::map<std::string, std::string> pairs_of(std::string_view table,
                                            Checksums checksums = Checksums::kVerify) {
  std::map<std::string, std::string> pairs;
  read_table(
      table, [&](std::string_view key, std::string_view value) { pairs.emplace(key, value); },
      checksums);
  return pairs;
}

const std::map<std::string, std::string> kPairs{
    {"", "head"}, {"a", "1"},       {"a/b", "22"},
    {"a/bc", ""}, {"model/k", "x"}, {"model/kernel", std::string(300, 'y')}};

TEST(Crc32cTest, GivesThePublishedValues) {  // RFC 3720, appendix B.4
  EXPECT_EQ(crc32c(0, std::string(32, '\0')), 0x8A9136AAU);
  EXPECT_EQ(crc32c(0, std::string(32, '\xFF')), 0x62A8AB43U);
  EXPECT_EQ(crc32c(0, "123456789"), 0xE3069283U);
}

TEST(Crc32cTest, IsTheSameInOnePieceAndInMany) {
  std::string bytes;
  for (int i = 0; i < 50000; ++i) bytes += static_cast<char>(i * 2654435761U >> 13);
  std::uint32_t crc = 0;
  for (std::size_t at = 0; at < bytes.size(); at += 7) {
    crc = crc32c(crc, std::string_view(bytes).substr(at, 7));
  }
  EXPECT_EQ(crc32c(0, bytes), crc);
}

TEST(TableTest, GivesBackWhatWasWritten) {
  for (const std::size_t size : {1, 2, 100}) {
    for (const bool compress : {false, true}) {
      TableWriter writer;
      writer.entries_per_block = size;
      writer.compress = compress;
      EXPECT_EQ(pairs_of(writer.write(kPairs)), kPairs) << size << compress;
    }
  }
}

TEST(TableTest, NoticesEveryChangedByteThatMatters) {
  const std::string table = TableWriter().write(kPairs);
  for (std::size_t at = 0; at < table.size(); ++at) {
    for (const char flip : {'\x01', '\x80'}) {
      std::string damaged = table;
      damaged[at] ^= flip;
      try {  // filters, their place and the padding are not read
        EXPECT_EQ(pairs_of(damaged), kPairs) << at;
      } catch (const InputError&) {
      }
    }
  }
}

TEST(TableTest, RefusesEveryTruncation) {
  const std::string table = TableWriter().write(kPairs);
  for (std::size_t size = 0; size < table.size(); ++size) {
    EXPECT_THROW(pairs_of(table.substr(0, size)), InputError) << size;
  }
}

TEST(SliceTest, KeysAreThoseThatTensorFlowWrites) {
  using namespace std::string_literals;
  EXPECT_EQ(slice_key("cols", {{0, 2}, {200, 100}}), "\0cols\0\1\1\2\x80\x82\xC0\xC8\xC0\x64"s);
  EXPECT_EQ(slice_key("a", {{0, -1}}), "\0a\0\1\1\1\x80\x7F"s);
  EXPECT_EQ(slice_key("", {{1 << 20, -65}}), "\0\0\1\1\1\xF0\x10\0\0\x3F\xBF"s);
}

TEST(SliceTest, CoverTheTensorOnce) {
  EXPECT_TRUE(covers({{{0, 2}, {0, -1}}, {{2, 3}, {0, 4}}}, {5, 4}));
  EXPECT_FALSE(covers({{{0, 2}, {0, -1}}}, {5, 4}));
  EXPECT_FALSE(covers({{{0, 2}, {0, -1}}, {{1, 3}, {0, -1}}}, {5, 4}));
  EXPECT_FALSE(covers({{{0, 6}, {0, -1}}}, {5, 4}));
  EXPECT_TRUE(covers({{}}, {}));
}

TEST(BundleTest, ReadsWhatTensorFlowWrote) {  // 1.15, variables in two and three parts
  const TensorBundle bundle = TensorBundle::open(KERASAN_TEST_DATA "/tensorflow/partitioned");
  std::vector<BundleFault> faults;
  const auto rows = bundle.bytes("rows", faults);
  const auto cols = bundle.bytes("cols", faults);
  const auto text = bundle.strings("text", faults);
  const auto flag = bundle.bytes("flag", faults);
  const auto half = bundle.bytes("half", faults);
  ASSERT_TRUE(rows && cols && text && flag && half);
  EXPECT_TRUE(faults.empty());
  std::vector<float> row(15);
  ASSERT_EQ(rows->size(), 60U);
  std::memcpy(row.data(), rows->data(), 60);
  EXPECT_FLOAT_EQ(row[1], 1.4845987558364868F);
  EXPECT_FLOAT_EQ(row[8], -0.7228972315788269F);
  EXPECT_FLOAT_EQ(row[9], -0.8113182187080383F);
  std::vector<double> values(600);
  ASSERT_EQ(cols->size(), 4800U);
  std::memcpy(values.data(), cols->data(), 4800);
  EXPECT_EQ(values[99], -0.7721442305086065);
  EXPECT_EQ(values[100], -1.2973864969841682);
  EXPECT_EQ(values[550], -0.4628593353665992);
  EXPECT_EQ(values[599], -0.6877704840705885);
  ASSERT_EQ(text->size(), 3U);
  EXPECT_EQ((*text)[0], "a");
  EXPECT_EQ((*text)[1], "");
  EXPECT_EQ((*text)[2].size(), 300U);
  EXPECT_EQ(flag->text(), "\x01");
  EXPECT_EQ(half->text(), std::string_view("\xC0\x3F\x00\xC0", 4));
}

TEST(BundleTest, ChecksumsAndPlacesAreVerified) {
  const Folder folder;
  BundleWriter writer;
  writer.add("good", 1, {2}, floats({1, 2}));
  writer.add("changed", 1, {2}, floats({3, 4}));
  writer.add("beyond", 1, {2}, floats({5, 6}));
  writer.add("short", 1, {3}, floats({7, 8}));
  writer.add_string("text", "changed as well");
  writer.data()[8] ^= 1;
  writer.data().back() ^= 1;
  writer.entry("beyond") += field(4, 1000);
  writer.write(folder / "c");
  const TensorBundle bundle = TensorBundle::open(folder / "c");
  std::vector<BundleFault> faults;
  EXPECT_TRUE(bundle.bytes("good", faults));
  EXPECT_TRUE(faults.empty());
  EXPECT_TRUE(bundle.bytes("changed", faults));
  EXPECT_FALSE(bundle.bytes("beyond", faults));
  EXPECT_FALSE(bundle.bytes("short", faults));
  EXPECT_TRUE(bundle.strings("text", faults));
  ASSERT_EQ(faults.size(), 4U);
  EXPECT_EQ(faults[0].kind, BundleFault::Kind::kChecksum);
  EXPECT_EQ(faults[1].kind, BundleFault::Kind::kOutside);
  EXPECT_EQ(faults[2].kind, BundleFault::Kind::kOutside);
  EXPECT_EQ(faults[3].kind, BundleFault::Kind::kChecksum);
}

TEST(CheckpointTest, TakesAPrefixAnIndexAStateFileAndAFolder) {
  const Folder folder;
  BundleWriter writer;
  writer.add("dense/kernel", 1, {1}, floats({1.5F}));
  writer.add("dense/kernel/Adam", 1, {1}, floats({0.5F}));
  writer.write(folder / "c-1");
  testing::write_file(folder / "checkpoint", "model_checkpoint_path: \"c-1\"\n");
  for (const std::string& path :
       {folder / "c-1", folder / "c-1.index", folder / "checkpoint", folder.path()}) {
    const ModelFile file = read_model_file(path);
    EXPECT_EQ(file.format, "TensorFlow checkpoint") << path;
    ASSERT_EQ(file.weights.size(), 1U) << path;
    EXPECT_EQ(file.weights[0].name, "dense/kernel");
    EXPECT_EQ(to_tensor(file.weights[0]).to_doubles(), std::vector<double>{1.5});
    ASSERT_EQ(file.optimizer_weights.size(), 1U);
    EXPECT_TRUE(file.faults.empty());
  }
  EXPECT_THROW(read_model_file(folder / "c-2"), InputError);
}

TEST(CheckpointTest, AMissingFileIsAFaultAndItsValuesAreUnread) {
  const Folder folder;
  BundleWriter writer;
  writer.add("a", 1, {1}, floats({1}));
  writer.add("b", 1, {1}, floats({2}));
  writer.write(folder / "c");
  std::filesystem::remove(folder / "c.data-00000-of-00001");
  const ModelFile file = read_model_file(folder / "c");
  ASSERT_EQ(file.faults.size(), 1U);
  EXPECT_EQ(file.faults[0].kind, kMissingFile);
  EXPECT_EQ(file.unread.size(), 2U);
  EXPECT_TRUE(file.weights.empty());
}

TEST(CheckpointTest, ObjectsNameTheValues) {
  const Folder folder;
  const std::string key = "/.ATTRIBUTES/VARIABLE_VALUE";
  const auto child = [](int node, const char* name) {
    return field(1, field(1, node) + field(2, name));
  };
  const auto value = [&](const std::string& full, const std::string& path) {
    return field(2, field(1, "VARIABLE_VALUE") + field(2, full) + field(3, path + key));
  };
  const std::string slot = field(3, field(1, 3) + field(2, "m") + field(3, 4));
  const std::string objects =
      field(1, child(1, "layer-0") + child(2, "optimizer")) + field(1, child(3, "kernel")) +
      field(1, slot) + field(1, value("dense/kernel", "layer-0/kernel")) +
      field(1, value("dense/kernel/m", "slot")) + field(1, value("lost", "lost"));
  BundleWriter writer;
  writer.add("layer-0/kernel" + key, 1, {1}, floats({1.5F}));
  writer.add("slot" + key, 1, {1}, floats({2.5F}));
  writer.add("nobody" + key, 1, {1}, floats({2.5F}));
  writer.add_string(kObjectGraphKey, objects);
  writer.write(folder / "c");
  const ModelFile file = read_model_file(folder / "c");
  ASSERT_EQ(file.weights.size(), 1U);
  EXPECT_EQ(file.weights[0].layer, "layer-0");
  EXPECT_EQ(file.weights[0].name, "dense/kernel");
  ASSERT_EQ(file.optimizer_weights.size(), 1U);
  EXPECT_EQ(file.optimizer_weights[0].name, "dense/kernel/m");
  ASSERT_EQ(file.faults.size(), 2U);
  EXPECT_EQ(file.faults[0].kind, kMissingWeight);
  EXPECT_EQ(file.faults[1].kind, kOrphanWeight);
  EXPECT_EQ(file.faults[1].subject, "nobody" + key);
}

}  // namespace
}  // namespace kerasan::formats::tensorflow
