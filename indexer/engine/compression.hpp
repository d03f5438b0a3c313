// Texts as the index stores them: zstd frames with a checksum, so that a damaged one is never taken
// for a text.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct ZSTD_CCtx_s;
struct ZSTD_DCtx_s;

namespace mailhold::indexer::engine {

inline constexpr std::size_t largest_text = std::size_t{1}
                                            << 30;  // decompressed; more is taken for damage

// Each for one thread at a time; they keep zstd's tables between texts.
class Compressor {
  public:
    Compressor();
    std::string compress(std::string_view octets);

  private:
    struct Free {
        void operator()(ZSTD_CCtx_s* context) const;
    };
    std::unique_ptr<ZSTD_CCtx_s, Free> context_;
};

class Decompressor {
  public:
    Decompressor();
    std::optional<std::string> decompress(std::string_view frame);  // nullopt for damage

  private:
    struct Free {
        void operator()(ZSTD_DCtx_s* context) const;
    };
    std::unique_ptr<ZSTD_DCtx_s, Free> context_;
};

}  // namespace mailhold::indexer::engine
