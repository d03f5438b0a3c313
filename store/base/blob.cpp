#include "store/base/blob.hpp"

#include <fmt/format.h>
#include <sys/mman.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace mailhold {
namespace {

// Pieces collect on the heap up to this size before each write to the spool file.
constexpr std::size_t write_size = 256 << 10;

}  // namespace

Blob::Blob(std::string octets) {
    auto owned = std::make_shared<const std::string>(std::move(octets));
    view_ = *owned;
    owner_ = std::move(owned);
}

Blob Blob::part(std::size_t offset, std::size_t size) const {
    MAILHOLD_ASSERT(offset <= view_.size() && size <= view_.size() - offset);
    Blob part = *this;
    part.view_ = view_.substr(offset, size);
    return part;
}

Result<Blob> Blob::map(File file) {
    const auto size = file.size();
    if (!size) return std::unexpected(size.error());
    Blob blob;
    if (*size == 0) return blob;
    void* address = ::mmap(nullptr, *size, PROT_READ, MAP_PRIVATE, file.fd(), 0);
    if (address == MAP_FAILED) {
        return fail(Errc::io,
                    fmt::format("map {}: {}", file.path().string(), std::strerror(errno)));
    }
    const std::size_t length = *size;
    blob.owner_ = std::shared_ptr<const void>(
        address, [length](const void* mapped) { ::munmap(const_cast<void*>(mapped), length); });
    blob.view_ = {static_cast<const char*>(address), length};
    return blob;
}

Status BlobBuilder::append(std::string_view octets) {
    if (!status_) return status_;
    size_ += octets.size();
    heap_.append(octets);
    if (size_ <= heap_limit || heap_.size() < write_size) return {};
    if (file_.fd() < 0) {
        auto file = File::temporary(spool_folder_);
        if (!file) return status_ = std::unexpected(file.error());
        file_ = std::move(*file);
    }
    status_ = file_.write(heap_);
    heap_.clear();
    return status_;
}

Result<Blob> BlobBuilder::finish() {
    size_ = 0;
    std::string rest = std::exchange(heap_, {});
    File file = std::exchange(file_, File());
    Status status = std::exchange(status_, Status());
    if (status && file.fd() < 0) return Blob(std::move(rest));
    if (status) status = file.write(rest);
    if (!status) return std::unexpected(status.error());
    return Blob::map(std::move(file));
}

}  // namespace mailhold
