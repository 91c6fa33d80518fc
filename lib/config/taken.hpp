#pragma once

#include "config/mapping.hpp"

#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace tunnelkeyd::config {

/// What may be used once only: names, identities, URLs. Reports the second use, and says where the first is.
class taken {
public:
    /// `item` is the way to the user of `value` in `list`, `at` where the value stands in it, under `key`.
    /// `what` names it in the message: `"jira"`.
    void claim(const field& list, const path& item, const node& at, std::string_view key, std::string value,
               std::string_view what) {
        const auto [first, fresh] = first_.try_emplace(std::move(value), use{item.index, at.where.line});
        if (!fresh)
            list.errors->add(at.where, path{&item, key},
                             std::string(what) + " is taken by " + list.at.text() + "[" +
                                 std::to_string(first->second.index) + "] on line " +
                                 std::to_string(first->second.line + 1));
    }

private:
    struct use {
        std::size_t index;
        std::uint32_t line;
    };
    std::unordered_map<std::string, use> first_;
};

}  // namespace tunnelkeyd::config
