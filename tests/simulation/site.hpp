#pragma once

#include "core/config.hpp"

#include <memory>
#include <string>
#include <vector>

namespace tunnelkeyd::simulation {

/// Of every tunnel: nothing takes effect later than that after it was sent.
inline constexpr core::duration settle = std::chrono::minutes(10);

/// One tunnel: what people have configured of it, and what is true of it.
struct site {
    core::tunnel settings;
    std::string base;  ///< "t07": its secrets' names begin so
    core::base_url url;
    core::base_url other_url;  ///< where the same instance answers, too
    bool configured = true;
    bool retired = false;       ///< its instance belongs to another tunnel, for good
    bool is_successor = false;  ///< of a retired one
    bool misplaced = false;     ///< what is configured of its place is wrong: its keys must be held
};

/// Sites never move in memory, and are never forgotten.
using sites = std::vector<std::unique_ptr<site>>;

}  // namespace tunnelkeyd::simulation
