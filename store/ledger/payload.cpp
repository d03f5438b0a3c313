#include "store/ledger/payload.hpp"

#include <fmt/format.h>
#include <zstd.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "store/base/crc32c.hpp"

namespace mailhold::store::ledger {
namespace {

// Of a small message zstd's second level makes 1 % more than its third, in two thirds of the time.
constexpr std::uint64_t small_message = 16 << 10;
constexpr int compression_level(std::uint64_t octets) {
    return octets <= small_message ? 2 : 3;
}
constexpr std::size_t piece_size = 256 << 10;

struct FreeZstd {
    void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
    void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

// Scratch memory of a thread, costly to make for each small message.
struct Scratch {
    std::unique_ptr<ZSTD_CCtx, FreeZstd> compress{ZSTD_createCCtx()};
    std::unique_ptr<ZSTD_DCtx, FreeZstd> decompress{ZSTD_createDCtx()};
    std::unique_ptr<char[]> piece = std::make_unique_for_overwrite<char[]>(piece_size);
};
Scratch& scratch() {
    static thread_local Scratch instance;
    return instance;
}

Status read_pieces(const File& file, const Record& record, const Sink& sink) {
    const auto begin = record.payload_offset();
    const auto end = record.end();
    Crc32c crc;
    for (auto at = begin; at < end; at += piece_size) {
        const auto piece = file.read_at(
            at, static_cast<std::size_t>(std::min<std::uint64_t>(piece_size, end - at)));
        if (!piece) return std::unexpected(piece.error());
        crc.update(*piece);
        if (auto taken = sink(*piece); !taken) return taken;
    }
    if (crc.value() != record.header.payload_crc)
        return fail(Errc::corrupt, "the stored octets fail their checksum");
    return {};
}

}  // namespace

Result<Payload> pack(const Blob& octets, const std::filesystem::path& spool_folder) {
    auto& [context, unused, piece] = scratch();
    MAILHOLD_ASSERT(context != nullptr);
    ZSTD_CCtx_reset(context.get(), ZSTD_reset_session_and_parameters);
    ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel,
                           compression_level(octets.size()));
    ZSTD_CCtx_setPledgedSrcSize(context.get(), octets.size());
    ZSTD_inBuffer in{octets.view().data(), octets.size(), 0};
    BlobBuilder builder(spool_folder);
    std::size_t left = octets.size();
    while (left != 0 && builder.size() < octets.size()) {
        ZSTD_outBuffer out{piece.get(), piece_size, 0};
        left = ZSTD_compressStream2(context.get(), &out, &in, ZSTD_e_end);
        if (ZSTD_isError(left))
            return fail(Errc::io, fmt::format("compress: {}", ZSTD_getErrorName(left)));
        if (auto done = builder.append({piece.get(), out.pos}); !done)
            return std::unexpected(done.error());
    }
    if (builder.size() >= octets.size()) return Payload{Codec::none, octets, crc32c(octets.view())};
    auto stored = builder.finish();
    if (!stored) return std::unexpected(stored.error());
    const auto crc = crc32c(stored->view());
    return Payload{Codec::zstd, std::move(*stored), crc};
}

Status check_stored(const File& file, const Record& record) {
    return read_pieces(file, record, [](std::string_view) { return Status{}; });
}

Status unpack(const File& file, const Record& record, const MessageStored& expected,
              const Sink& sink) {
    Sha256 hash;
    std::uint64_t size = 0;
    const Sink check = [&](std::string_view octets) -> Status {
        size += octets.size();
        if (size > expected.size)
            return fail(Errc::corrupt, "the octets are more than the record says");
        hash.update(octets);
        return sink(octets);
    };
    auto& [unused, context, piece] = scratch();
    MAILHOLD_ASSERT(context != nullptr);
    ZSTD_DCtx_reset(context.get(), ZSTD_reset_session_only);
    std::size_t wanted = 0;  // what zstd still expects; 0 at the end of a frame
    const Sink decode = [&](std::string_view stored) -> Status {
        ZSTD_inBuffer in{stored.data(), stored.size(), 0};
        ZSTD_outBuffer out{piece.get(), piece_size, piece_size};
        // A full piece may leave decoded octets inside zstd even when all input is taken.
        while (in.pos < in.size || out.pos == out.size) {
            if (in.pos == in.size && wanted == 0) break;
            out.pos = 0;
            wanted = ZSTD_decompressStream(context.get(), &out, &in);
            if (ZSTD_isError(wanted)) {
                return fail(Errc::corrupt, fmt::format("the stored octets do not decompress: {}",
                                                       ZSTD_getErrorName(wanted)));
            }
            if (auto taken = check({piece.get(), out.pos}); !taken) return taken;
        }
        return {};
    };
    switch (record.header.codec) {
        case Codec::none:
            if (auto done = read_pieces(file, record, check); !done) return done;
            break;
        case Codec::zstd:
            if (auto done = read_pieces(file, record, decode); !done) return done;
            break;
        default:
            return fail(Errc::unsupported,
                        "the octets are stored in a way this program does not know");
    }
    if (wanted != 0 || size != expected.size)
        return fail(Errc::corrupt, "the octets are fewer than the record says");
    if (hash.finish() != expected.digest)
        return fail(Errc::corrupt, "the octets do not match their digest");
    return {};
}

}  // namespace mailhold::store::ledger
