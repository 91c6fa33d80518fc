#pragma once

#include "core/requests.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <variant>

namespace tunnelkeyd::tests {

/// The code of a refusal, which says why and what to do; "" of anything else.
template <class T>
std::string refused(const core::result_of<T>& answer) {
    const auto* refusal = std::get_if<core::refusal>(&answer);
    if (refusal == nullptr)
        return "";
    CHECK_FALSE(refusal->message.empty());
    CHECK_FALSE(refusal->remedy.empty());
    return std::string(refusal->code);
}

}  // namespace tunnelkeyd::tests
