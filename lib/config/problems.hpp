#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tunnelkeyd::config {

/// A place in the file, counted from 0; columns in bytes.
struct position {
    std::uint32_t line = 0;
    std::uint32_t column = 0;
};

/// The way from the file's top to a field, as a chain of frames on the reader's stack.
struct path {
    const path* parent = nullptr;
    std::string_view key;       ///< "" for an item of a list
    std::size_t index = 0;      ///< of an item
    bool confidential = false;  ///< what stands here may be a secret by mistake, so it is not shown

    /// "tunnels[0].schedule.every"; "" for the top.
    [[nodiscard]] std::string text() const;
};

/// What was found wrong, in any order. Keeps the first hundred by their place in the file and counts the rest.
class problems {
public:
    void add(position where, std::string text);
    void add(position where, const path& at, std::string_view text);

    [[nodiscard]] bool empty() const noexcept { return count_ == 0; }

    /// "name:12:7: tunnels[0].name: ..." in the file's order, with a last line that counts where there are
    /// more. `source` is the file's text: from it come the columns in characters.
    [[nodiscard]] std::vector<std::string> texts(std::string_view name, std::string_view source) const;

private:
    struct problem {
        position where;
        std::size_t number;  ///< keeps the order of those at one place
        std::string text;
    };
    static bool before(const problem& a, const problem& b);

    std::vector<problem> kept_;  ///< a heap, the last by place on top
    std::size_t count_ = 0;
};

}  // namespace tunnelkeyd::config
