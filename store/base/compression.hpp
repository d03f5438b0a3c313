// Small texts as caches keep them: zstd frames with a checksum, so that a damaged one is never taken
// for a text. Each is compressed alone, yet well, by a dictionary of what texts have in common.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

struct ZSTD_CCtx_s;
struct ZSTD_DCtx_s;
struct ZSTD_DDict_s;

namespace mailhold {

inline constexpr std::size_t largest_text = std::size_t{1}
                                            << 30;  // decompressed; more is taken for damage

// A dictionary of at most `size` octets, several thousand: the last of the samples, and how often
// what occurs in all of them. Empty where none can be made.
std::string make_dictionary(std::span<const std::string> samples, std::size_t size);

// For one thread at a time; keeps zstd's tables between texts.
class Compressor {
  public:
    // `level` is zstd's, from 1, fast, to 19, small.
    explicit Compressor(int level);
    // For what is compressed from now on; empty: none.
    void use(std::string_view dictionary);
    std::string compress(std::string_view octets);

  private:
    struct Free {
        void operator()(ZSTD_CCtx_s* context) const;
    };
    std::unique_ptr<ZSTD_CCtx_s, Free> context_;
};

// What frames may have been compressed with. Copies share what they hold; any thread.
class Dictionaries {
  public:
    // 0: octets that are no dictionary.
    std::uint32_t add(std::string_view dictionary);

  private:
    friend class Decompressor;
    std::map<std::uint32_t, std::shared_ptr<const ZSTD_DDict_s>> by_id_;
};

// For one thread at a time.
class Decompressor {
  public:
    Decompressor();
    // nullopt for damage, and for a dictionary that is not there.
    std::optional<std::string> decompress(std::string_view frame,
                                          const Dictionaries& dictionaries = {});

  private:
    struct Free {
        void operator()(ZSTD_DCtx_s* context) const;
    };
    std::unique_ptr<ZSTD_DCtx_s, Free> context_;
};

}  // namespace mailhold
