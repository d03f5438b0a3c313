// The wall around zstd for texts in memory.
#include "store/base/compression.hpp"

#include <zdict.h>
#include <zstd.h>

#include <algorithm>
#include <new>
#include <vector>

namespace mailhold {
namespace {

constexpr std::size_t header_room = 1024;  // octets of a dictionary that are not content

std::shared_ptr<const ZSTD_DDict_s> digested(std::string_view dictionary) {
    std::shared_ptr<const ZSTD_DDict_s> made(
        ZSTD_createDDict(dictionary.data(), dictionary.size()),
        [](const ZSTD_DDict_s* used) { ZSTD_freeDDict(const_cast<ZSTD_DDict_s*>(used)); });
    if (!made) throw std::bad_alloc();
    return made;
}

}  // namespace

std::string make_dictionary(std::span<const std::string> samples, std::size_t size) {
    std::string all;
    std::vector<std::size_t> sizes;
    for (const auto& sample : samples) {
        all += sample;
        sizes.push_back(sample.size());
    }
    const auto content =
        std::string_view(all).substr(all.size() - std::min(all.size(), size - header_room));
    std::string dictionary(size, '\0');
    const auto made = ZDICT_finalizeDictionary(
        dictionary.data(), size, content.data(), content.size(), all.data(), sizes.data(),
        static_cast<unsigned>(sizes.size()), ZDICT_params_t{0, 0, 0});
    dictionary.resize(ZDICT_isError(made) != 0 ? 0 : made);
    return dictionary;
}

void Compressor::Free::operator()(ZSTD_CCtx_s* context) const {
    ZSTD_freeCCtx(context);
}
void Decompressor::Free::operator()(ZSTD_DCtx_s* context) const {
    ZSTD_freeDCtx(context);
}

Compressor::Compressor(int level) : context_(ZSTD_createCCtx()) {
    if (!context_) throw std::bad_alloc();
    ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_checksumFlag, 1);
    ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_compressionLevel, level);
}

void Compressor::use(std::string_view dictionary) {
    const auto used =
        ZSTD_CCtx_loadDictionary(context_.get(), dictionary.data(), dictionary.size());
    if (ZSTD_isError(used)) throw std::bad_alloc();
}

std::string Compressor::compress(std::string_view octets) {
    std::string frame(ZSTD_compressBound(octets.size()), '\0');
    const auto size =
        ZSTD_compress2(context_.get(), frame.data(), frame.size(), octets.data(), octets.size());
    if (ZSTD_isError(size)) throw std::bad_alloc();  // the bound leaves no other reason
    frame.resize(size);
    return frame;
}

std::uint32_t Dictionaries::add(std::string_view dictionary) {
    const auto id = ZSTD_getDictID_fromDict(dictionary.data(), dictionary.size());
    if (id == 0) return 0;
    by_id_.insert_or_assign(id, digested(dictionary));
    return id;
}

Decompressor::Decompressor() : context_(ZSTD_createDCtx()) {
    if (!context_) throw std::bad_alloc();
}

std::optional<std::string> Decompressor::decompress(std::string_view frame,
                                                    const Dictionaries& dictionaries) {
    const auto size = ZSTD_getFrameContentSize(frame.data(), frame.size());
    if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN || size > largest_text)
        return std::nullopt;
    const auto id = ZSTD_getDictID_fromFrame(frame.data(), frame.size());
    const auto known = dictionaries.by_id_.find(id);
    if (id != 0 && known == dictionaries.by_id_.end()) return std::nullopt;
    const auto* dictionary = known == dictionaries.by_id_.end() ? nullptr : known->second.get();
    std::string octets;
    octets.resize_and_overwrite(size, [&](char* into, std::size_t) {
        const auto got = ZSTD_decompress_usingDDict(context_.get(), into, size, frame.data(),
                                                    frame.size(), dictionary);
        return ZSTD_isError(got) ? 0 : got;
    });
    if (octets.size() != size) return std::nullopt;
    return octets;
}

}  // namespace mailhold
