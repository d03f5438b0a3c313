// Deflater and Inflater on zlib's streams. Only memory can fail them here: the parameters are ours.
#include "imap/net/deflate.hpp"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <new>

namespace mailhold::imap::net {
namespace {

// Negative: raw, without zlib's own header (RFC 4978 4).
constexpr int full_window = -15;
constexpr int small_window = -12;

Bytef* input(std::string_view octets) {
    // zlib takes a pointer to non-const, and does not write through it.
    return reinterpret_cast<Bytef*>(const_cast<char*>(octets.data()));
}

void check_made(int answer) {
    if (answer == Z_MEM_ERROR) throw std::bad_alloc();
    MAILHOLD_ASSERT(answer == Z_OK);
}

}  // namespace

struct Deflater::Zlib {
    explicit Zlib(Sends what) {
        const bool small = what == Sends::commands;
        check_made(deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED,
                                small ? small_window : full_window, small ? 5 : 8,
                                Z_DEFAULT_STRATEGY));
    }
    ~Zlib() { deflateEnd(&stream); }
    z_stream stream{};
};

Deflater::Deflater(Sends what) : zlib_(std::make_unique<Zlib>(what)) {}
Deflater::~Deflater() = default;
Deflater::Deflater(Deflater&&) noexcept = default;
Deflater& Deflater::operator=(Deflater&&) noexcept = default;

std::string Deflater::deflate(const std::vector<std::string_view>& pieces) {
    constexpr std::size_t step = 16 << 10;
    constexpr std::size_t piece_most = std::numeric_limits<uInt>::max();
    auto& stream = zlib_->stream;
    std::string octets;
    const auto run = [&](std::string_view piece, int flush) {
        stream.next_in = input(piece);
        stream.avail_in = static_cast<uInt>(piece.size());
        do {
            const auto before = octets.size();
            octets.resize(before + step);
            stream.next_out = reinterpret_cast<Bytef*>(octets.data() + before);
            stream.avail_out = step;
            ::deflate(&stream, flush);  // Z_BUF_ERROR: there was nothing left to do
            octets.resize(before + step - stream.avail_out);
        } while (stream.avail_out == 0);
    };
    for (auto piece : pieces) {
        for (; !piece.empty(); piece.remove_prefix(std::min(piece.size(), piece_most)))
            run(piece.substr(0, piece_most), Z_NO_FLUSH);
    }
    run({}, Z_SYNC_FLUSH);
    return octets;
}

struct Inflater::Zlib {
    Zlib() { check_made(inflateInit2(&stream, full_window)); }
    ~Zlib() { inflateEnd(&stream); }
    z_stream stream{};
    std::string waiting;  // fed; the stream stands in it
    bool ended = false;
};

Inflater::Inflater() : zlib_(std::make_unique<Zlib>()) {}
Inflater::~Inflater() = default;
Inflater::Inflater(Inflater&&) noexcept = default;
Inflater& Inflater::operator=(Inflater&&) noexcept = default;

void Inflater::feed(std::string_view octets) {
    auto& [stream, waiting, ended] = *zlib_;
    waiting.erase(0, waiting.size() - stream.avail_in);
    waiting.append(octets);
    stream.next_in = input(waiting);
    stream.avail_in = static_cast<uInt>(waiting.size());
}

Result<std::string> Inflater::inflate(std::size_t most) {
    auto& [stream, waiting, ended] = *zlib_;
    if (ended) return std::string();
    std::string octets(most, '\0');
    stream.next_out = reinterpret_cast<Bytef*>(octets.data());
    stream.avail_out = static_cast<uInt>(most);
    const auto answer = ::inflate(&stream, Z_SYNC_FLUSH);
    octets.resize(most - stream.avail_out);
    if (answer == Z_MEM_ERROR) throw std::bad_alloc();
    ended = answer == Z_STREAM_END;
    // Z_BUF_ERROR: nothing to do without more octets.
    if (answer == Z_OK || answer == Z_BUF_ERROR || ended) return octets;
    return fail(Errc::protocol, "what came is not compressed, or damaged");
}

bool Inflater::ended() const {
    return zlib_->ended;
}

}  // namespace mailhold::imap::net
