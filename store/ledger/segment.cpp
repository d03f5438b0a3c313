#include "store/ledger/segment.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <boost/endian/conversion.hpp>
#include <charconv>

#include "store/base/crc32c.hpp"

namespace mailhold::store::ledger {
namespace {

using namespace boost::endian;

constexpr std::string_view magic = "MAILHOLD";
constexpr std::uint32_t version = 1;
constexpr std::size_t fixed_size = 36;
constexpr std::size_t window_size = 256 << 10;
constexpr std::size_t name_digits = 20;

const unsigned char* bytes(std::string_view raw) {
    return reinterpret_cast<const unsigned char*>(raw.data());
}

std::optional<SegmentFile> parse_name(const std::filesystem::path& path) {
    const auto stem = path.stem().string();
    const auto extension = path.extension();
    if (stem.size() != name_digits || (extension != ".seg" && extension != ".sealed"))
        return std::nullopt;
    SegmentFile file{path, 0, extension == ".seg" ? SegmentState::open : SegmentState::sealed};
    const auto parsed = std::from_chars(stem.data(), stem.data() + stem.size(), file.first);
    if (parsed.ec != std::errc{} || parsed.ptr != stem.data() + stem.size()) return std::nullopt;
    return file;
}

Result<Record> decode(std::string_view raw, std::uint64_t offset, const ArchiveId& archive) {
    auto header = decode_header(raw);
    if (!header) return std::unexpected(header.error());
    if (raw.size() < record_header_size + header->body_length) {
        return fail(Errc::corrupt, "the body of a record is cut off");
    }
    const auto body = raw.substr(record_header_size, header->body_length);
    if (!head_is_whole(raw, *header, body, archive))
        return fail(Errc::corrupt, "a record fails its checksum");
    return Record{*header, std::string(body), offset};
}

}  // namespace

std::string encode(const SegmentHeader& header) {
    std::string raw(fixed_size, '\0');
    auto* at = reinterpret_cast<unsigned char*>(raw.data());
    magic.copy(raw.data(), magic.size());
    store_little_u32(at + 8, version);
    std::ranges::copy(header.archive, at + 12);
    store_little_u64(at + 28, header.before.size());
    for (const auto& peak : header.before.peaks()) raw += peak.view();
    unsigned char crc[4];
    store_little_u32(crc, crc32c(raw));
    return raw.append(reinterpret_cast<const char*>(crc), sizeof crc);
}

std::filesystem::path segment_path(const std::filesystem::path& folder, std::uint64_t first,
                                   SegmentState state) {
    return folder / fmt::format("{:0{}}.{}", first, name_digits,
                                state == SegmentState::open ? "seg" : "sealed");
}

Result<std::vector<SegmentFile>> list_segments(const std::filesystem::path& folder) {
    std::vector<SegmentFile> files;
    std::error_code error;
    std::filesystem::directory_iterator entry(folder, error);
    if (error == std::errc::no_such_file_or_directory) return files;
    for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
        if (auto file = parse_name(entry->path())) files.push_back(std::move(*file));
    }
    if (error) return fail(Errc::io, fmt::format("list {}: {}", folder.string(), error.message()));
    std::ranges::sort(files, {}, &SegmentFile::first);
    // While one is being renamed a listing may show it under both names.
    const auto same = std::ranges::unique(files, {}, &SegmentFile::first);
    files.erase(same.begin(), same.end());
    for (std::size_t i = 0; i + 1 < files.size(); ++i) {
        if (files[i].state == SegmentState::open) {
            return fail(
                Errc::corrupt,
                fmt::format("{} is not sealed, and newer segments follow it: segments of two "
                            "archives are mixed; restore the folder from one backup",
                            files[i].path.string()));
        }
    }
    return files;
}

Result<File> open_segment(const std::filesystem::path& folder, std::uint64_t first) {
    auto file = File::open(segment_path(folder, first, SegmentState::open), OpenMode::read);
    if (file || file.error().code != Errc::not_found) return file;
    return File::open(segment_path(folder, first, SegmentState::sealed), OpenMode::read);
}

Result<SegmentReader> SegmentReader::open(File file, std::uint64_t first) {
    const auto size = file.size();
    if (!size) return std::unexpected(size.error());
    SegmentReader reader(std::move(file), *size);
    auto header = reader.read_header(first);
    if (!header) return std::unexpected(header.error());
    reader.header_ = std::move(*header);
    reader.sequence_ = Sequence{first};
    return reader;
}

Result<SegmentHeader> SegmentReader::read_header(std::uint64_t first) {
    const auto fixed = window(0, fixed_size);
    if (!fixed) return std::unexpected(fixed.error());
    if (fixed->size() < fixed_size || !fixed->starts_with(magic))
        return fail(Errc::corrupt, "not a segment of a ledger");
    if (const auto found = load_little_u32(bytes(*fixed) + 8); found != version) {
        return fail(
            Errc::corrupt,
            fmt::format("segment format {} is unknown (this program reads {})", found, version));
    }
    SegmentHeader header;
    std::copy_n(bytes(*fixed) + 12, header.archive.size(), header.archive.begin());
    const auto size = load_little_u64(bytes(*fixed) + 28);
    const auto peaks_size = static_cast<std::size_t>(std::popcount(size)) * sizeof(Digest);
    const auto whole = window(0, fixed_size + peaks_size + 4);
    if (!whole) return std::unexpected(whole.error());
    if (whole->size() < fixed_size + peaks_size + 4 ||
        load_little_u32(bytes(*whole) + fixed_size + peaks_size) !=
            crc32c(whole->substr(0, fixed_size + peaks_size))) {
        return fail(Errc::corrupt, "the segment header fails its checksum");
    }
    if (size != first)
        return fail(Errc::corrupt,
                    fmt::format("the segment header says it begins with record {}", size));
    std::vector<Digest> peaks;
    for (std::size_t at = fixed_size; at < fixed_size + peaks_size; at += sizeof(Digest)) {
        peaks.push_back(*digest_from_bytes(whole->substr(at, sizeof(Digest))));
    }
    header.before = Frontier(size, std::move(peaks));
    offset_ = whole->size();
    return header;
}

Result<std::string_view> SegmentReader::window(std::uint64_t offset, std::size_t length) {
    if (offset < window_offset_ || offset + length > window_offset_ + window_.size()) {
        const auto left = size_ - std::min(offset, size_);
        const auto wanted = std::min<std::uint64_t>(std::max(length, window_size), left);
        auto read = file_.read_some_at(offset, static_cast<std::size_t>(wanted));
        if (!read) return std::unexpected(read.error());
        window_ = std::move(*read);
        window_offset_ = offset;
    }
    return std::string_view(window_).substr(static_cast<std::size_t>(offset - window_offset_),
                                            length);
}

Result<std::optional<Record>> SegmentReader::next() {
    if (offset_ == size_) return std::nullopt;
    auto raw = window(offset_, record_header_size);
    if (!raw) return std::unexpected(raw.error());
    const auto header = decode_header(*raw);
    if (!header) return std::unexpected(header.error());
    raw = window(offset_, record_header_size + header->body_length);
    if (!raw) return std::unexpected(raw.error());
    auto record = decode(*raw, offset_, header_.archive);
    if (!record) return std::unexpected(record.error());
    if (header->sequence != sequence_) {
        return fail(Errc::corrupt, fmt::format("record {} stands where record {} belongs",
                                               number(header->sequence), number(sequence_)));
    }
    if (record->end() > size_) return fail(Errc::corrupt, "the payload of a record is cut off");
    offset_ = record->end();
    sequence_ = Sequence{number(sequence_) + 1};
    return std::optional(std::move(*record));
}

Result<Record> read_record(const File& file, std::uint64_t offset, const ArchiveId& archive) {
    auto raw = file.read_some_at(offset, record_header_size + 256);
    if (!raw) return std::unexpected(raw.error());
    const auto header = decode_header(*raw);
    if (!header) return std::unexpected(header.error());
    if (raw->size() < record_header_size + header->body_length) {
        raw = file.read_some_at(offset, record_header_size + header->body_length);
        if (!raw) return std::unexpected(raw.error());
    }
    return decode(*raw, offset, archive);
}

Result<ArchiveId> read_archive_id(const File& file) {
    const auto raw = file.read_at(12, sizeof(ArchiveId));
    if (!raw) return std::unexpected(raw.error());
    ArchiveId archive;
    std::copy_n(bytes(*raw), archive.size(), archive.begin());
    return archive;
}

}  // namespace mailhold::store::ledger
