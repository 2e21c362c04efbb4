#include "index/code_column.h"

namespace sightline::index {
namespace {

template <typename T>
std::vector<std::byte> Narrow(std::span<const uint32_t> codes) {
  std::vector<std::byte> bytes(codes.size() * sizeof(T));
  T* out = reinterpret_cast<T*>(bytes.data());
  for (size_t i = 0; i < codes.size(); ++i) out[i] = static_cast<T>(codes[i]);
  return bytes;
}

std::vector<uint64_t> BlockSets(std::span<const uint32_t> codes, size_t words) {
  const size_t blocks = (codes.size() + kBlockRows - 1) / kBlockRows;
  std::vector<uint64_t> sets(blocks * words);
  for (size_t i = 0; i < codes.size(); ++i) {
    const size_t bit = codes[i] % (words * 64);
    sets[i / kBlockRows * words + bit / 64] |= uint64_t{1} << (bit % 64);
  }
  return sets;
}

}  // namespace

std::vector<std::byte> NarrowCodes(std::span<const uint32_t> codes, size_t codes_in_all) {
  switch (CodeWidth(codes_in_all)) {
    case 1:
      return Narrow<uint8_t>(codes);
    case 2:
      return Narrow<uint16_t>(codes);
    default:
      return Narrow<uint32_t>(codes);
  }
}

Status WriteCodes(SegmentWriter& writer, Column column, std::string_view name,
                  const CodedRows& coded) {
  const size_t codes_in_all = coded.values + 1;
  std::vector<uint32_t> counts(codes_in_all);
  for (const uint32_t code : coded.codes) ++counts[code];
  SIGHTLINE_RETURN_IF_ERROR(writer.Add(column, Part::kCodes, name, CodeWidth(codes_in_all),
                                       NarrowCodes(coded.codes, codes_in_all)));
  SIGHTLINE_RETURN_IF_ERROR(
      writer.AddArray<uint32_t>(column, Part::kCounts, counts, name));
  if (!coded.dense) return writer.AddArray<uint32_t>(column, Part::kRows, coded.rows, name);
  return writer.AddArray<uint64_t>(column, Part::kBlocks,
                                   BlockSets(coded.codes, BlockWords(codes_in_all)), name);
}

Result<CodeColumn> CodeColumn::View(const Sections& sections, Column column, std::string_view name,
                                    size_t values, size_t rows) {
  CodeColumn view;
  const size_t codes_in_all = values + 1;
  SIGHTLINE_ASSIGN(view.counts_,
                   sections.Array<uint32_t>(column, Part::kCounts, codes_in_all, name));
  size_t codes = rows;
  if (const Section* sparse = sections.Find(column, Part::kRows, name)) {
    view.sparse_ = true;
    view.rows_ = sparse->As<uint32_t>();
    codes = view.rows_.size();
  } else {
    view.block_words_ = BlockWords(codes_in_all);
    const size_t blocks = (rows + kBlockRows - 1) / kBlockRows;
    SIGHTLINE_ASSIGN(view.blocks_, sections.Array<uint64_t>(column, Part::kBlocks,
                                                            blocks * view.block_words_, name));
  }
  const Section* section = sections.Find(column, Part::kCodes, name);
  const uint32_t width = CodeWidth(codes_in_all);
  if (section == nullptr || section->element_bytes != width ||
      section->bytes.size() != codes * width) {
    return Sections::Misshapen(column, Part::kCodes);
  }
  view.codes_ = {section->bytes.data(), width};
  return view;
}

}  // namespace sightline::index
