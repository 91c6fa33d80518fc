#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace tunnelkeyd::core {

/// A security key, an API key, a password, or text that contains one.
///
/// Its memory is wiped when it is destroyed or assigned to. It has no conversion to text, no `operator<<` and
/// no formatter: the one way to its bytes is reveal(), so that every place where a secret leaves the type can
/// be found by searching for that word. Move-only; share one with shared_secret. Not synchronized.
class secret {
public:
    secret() noexcept = default;

    /// Copies `text`. The caller's copy is the caller's to wipe.
    explicit secret(std::string_view text);

    secret(secret&& other) noexcept;
    secret& operator=(secret&& other) noexcept;
    secret(const secret&) = delete;
    secret& operator=(const secret&) = delete;
    ~secret();

    /// The bytes. Valid for as long as this object lives and is not assigned to.
    [[nodiscard]] std::string_view reveal() const noexcept { return {bytes_.get(), size_}; }

    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }

    /// Takes the same time wherever the first difference is; unequal lengths show at once.
    friend bool operator==(const secret& a, const secret& b) noexcept;

private:
    void wipe() noexcept;

    std::unique_ptr<char[]> bytes_;
    std::size_t size_ = 0;
};

/// A secret with several holders, wiped when the last one lets go.
using shared_secret = std::shared_ptr<const secret>;

/// `text`, or "[redacted]" if the secret occurs in it: for what a peer says, who may repeat what it was told.
std::string redacted(std::string text, const secret& hidden);

/// Overwrites `text` with zeros, in a way that the compiler does not remove, and empties it.
void wipe(std::string& text) noexcept;

}  // namespace tunnelkeyd::core
