// Blob: the octets of one message, wherever they are: small ones on the heap, large ones in a
// nameless spool file mapped into memory, so that a 100 MB message costs address space and page
// cache, not heap.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "store/base/error.hpp"
#include "store/base/file.hpp"

namespace mailhold {

// Immutable; copies share the bytes. Safe to read from any thread.
class Blob {
  public:
    Blob() = default;
    explicit Blob(std::string octets);
    // Maps the whole file; the file may be unlinked already.
    static Result<Blob> map(File file);

    // Octets of it, as a blob that shares them; `offset + size` is no more than size().
    Blob part(std::size_t offset, std::size_t size) const;

    std::string_view view() const { return view_; }
    std::size_t size() const { return view_.size(); }

  private:
    std::shared_ptr<const void> owner_;  // shared by the copies of one blob
    std::string_view view_;
};

// Collects octets that arrive in pieces; goes to a spool file once it grows past `heap_limit`
// bytes.
class BlobBuilder {
  public:
    static constexpr std::size_t heap_limit = 1 << 20;

    explicit BlobBuilder(std::filesystem::path spool_folder)
        : spool_folder_(std::move(spool_folder)) {}
    Status append(std::string_view octets);
    std::size_t size() const { return size_; }
    // The octets, or what made an append fail; the builder is empty and usable again afterwards.
    Result<Blob> finish();

  private:
    std::filesystem::path spool_folder_;
    std::string heap_;
    File file_;
    std::size_t size_ = 0;
    Status status_;  // of the appends so far: a blob never lacks a piece in its middle
};

}  // namespace mailhold
