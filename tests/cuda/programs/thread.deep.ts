import { test } from "uvu";
import { testPrograms } from "../support/program-runs.js";

testPrograms("thread");

test.run();
