// libarchive with only the formats that are asked for, and never an external program.
#include "indexer/extract/package.hpp"

#include <archive.h>
#include <archive_entry.h>

#include <array>

#include "indexer/mime/charset.hpp"

namespace mailhold::indexer::extract {
namespace {

constexpr std::size_t chunk_size = 64 << 10;

struct Free {
    void operator()(archive* handle) const { archive_read_free(handle); }
};

std::string name_in(archive_entry* entry) {
    const char* name = archive_entry_pathname_utf8(entry);
    if (name == nullptr) name = archive_entry_pathname(entry);
    return name == nullptr ? std::string() : mime::guess_utf8(name);
}

}  // namespace

struct Package::Handle {
    std::unique_ptr<archive, Free> open{archive_read_new()};
    std::array<char, chunk_size> chunk;
};

Package::Package(std::string_view octets, Packing packing) : handle_(std::make_unique<Handle>()) {
    archive* const reader = handle_->open.get();
    if (packing == Packing::zip) archive_read_support_format_zip(reader);
    if (packing != Packing::zip) archive_read_support_format_tar(reader);
    if (packing == Packing::gzip) {
        archive_read_support_format_raw(reader);
        archive_read_support_filter_gzip(reader);
    }
    damaged_ = archive_read_open_memory(reader, octets.data(), octets.size()) != ARCHIVE_OK;
}

Package::~Package() = default;

std::optional<Member> Package::next() {
    archive_entry* entry = nullptr;
    const int result = archive_read_next_header(handle_->open.get(), &entry);
    if (result != ARCHIVE_OK && result != ARCHIVE_WARN) {
        damaged_ |= result != ARCHIVE_EOF;
        return std::nullopt;
    }
    Member member;
    if (archive_format(handle_->open.get()) != ARCHIVE_FORMAT_RAW) member.name = name_in(entry);
    member.is_file = archive_entry_filetype(entry) == AE_IFREG ||
                     archive_format(handle_->open.get()) == ARCHIVE_FORMAT_RAW;
    member.encrypted = archive_entry_is_data_encrypted(entry) != 0;
    return member;
}

std::string_view Package::read() {
    const auto size =
        archive_read_data(handle_->open.get(), handle_->chunk.data(), handle_->chunk.size());
    damaged_ |= size < 0;
    if (size <= 0) return {};
    return {handle_->chunk.data(), static_cast<std::size_t>(size)};
}

}  // namespace mailhold::indexer::extract
