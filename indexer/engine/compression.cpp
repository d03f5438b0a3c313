// The wall around zstd in the index.
#include "indexer/engine/compression.hpp"

#include <zstd.h>

#include <new>

namespace mailhold::indexer::engine {

void Compressor::Free::operator()(ZSTD_CCtx_s* context) const {
    ZSTD_freeCCtx(context);
}
void Decompressor::Free::operator()(ZSTD_DCtx_s* context) const {
    ZSTD_freeDCtx(context);
}

Compressor::Compressor() : context_(ZSTD_createCCtx()) {
    if (!context_) throw std::bad_alloc();
    ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_checksumFlag, 1);
}

std::string Compressor::compress(std::string_view octets) {
    std::string frame(ZSTD_compressBound(octets.size()), '\0');
    const auto size =
        ZSTD_compress2(context_.get(), frame.data(), frame.size(), octets.data(), octets.size());
    if (ZSTD_isError(size)) throw std::bad_alloc();  // the bound leaves no other reason
    frame.resize(size);
    return frame;
}

Decompressor::Decompressor() : context_(ZSTD_createDCtx()) {
    if (!context_) throw std::bad_alloc();
}

std::optional<std::string> Decompressor::decompress(std::string_view frame) {
    const auto size = ZSTD_getFrameContentSize(frame.data(), frame.size());
    if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN || size > largest_text)
        return std::nullopt;
    std::string octets(size, '\0');
    const auto got = ZSTD_decompressDCtx(context_.get(), octets.data(), octets.size(), frame.data(),
                                         frame.size());
    if (ZSTD_isError(got) || got != size) return std::nullopt;
    return octets;
}

}  // namespace mailhold::indexer::engine
