// Raw DEFLATE (RFC 1951) as the layer that COMPRESS=DEFLATE (RFC 4978) puts on a line: the wall around zlib. No I/O.
// Memory is bounded whatever the peer sends: what came is inflated only as far as it is asked for.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "store/base/error.hpp"

namespace mailhold::imap::net {

// Whether a line is compressed where the peer offers it.
enum class Compression {
    automatic,  // unless the peer is this machine, or TLS compresses already
    always,
    never
};

// What a side sends over a compressed line decides what its compressor may cost: 32 KiB or 256 KiB.
enum class Sends { commands, mail };

class Deflater {
  public:
    explicit Deflater(Sends what);
    ~Deflater();
    Deflater(Deflater&&) noexcept;
    Deflater& operator=(Deflater&&) noexcept;

    // All of `pieces`, flushed, so that the peer can read all of it (RFC 4978 4).
    std::string deflate(const std::vector<std::string_view>& pieces);

  private:
    struct Zlib;
    std::unique_ptr<Zlib> zlib_;
};

class Inflater {
  public:
    Inflater();
    ~Inflater();
    Inflater(Inflater&&) noexcept;
    Inflater& operator=(Inflater&&) noexcept;

    // What came, behind what came before.
    void feed(std::string_view octets);
    // The next octets, `most` at the most; none when more must be fed, or when ended(). Errc::protocol: this is no
    // DEFLATE.
    Result<std::string> inflate(std::size_t most);
    bool ended() const;  // the peer has said its last

  private:
    struct Zlib;
    std::unique_ptr<Zlib> zlib_;
};

}  // namespace mailhold::imap::net
