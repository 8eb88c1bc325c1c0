import { test } from "uvu";
import { testPrograms } from "../support/program-runs.js";

testPrograms("address");

test.run();
